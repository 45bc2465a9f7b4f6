package dev.expandcontract.backfill;

import java.util.List;

/**
 * What one batch adds to its job.
 *
 * @param last whether the frontier has reached its end
 * @param batchSize rows that were asked for
 */
record Progress(
        List<String> frontier, boolean last, long rowsChanged, long rowsPassed, double rowsPerSecond, int batchSize) {}
