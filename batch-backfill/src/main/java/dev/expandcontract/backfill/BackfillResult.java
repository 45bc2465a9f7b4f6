package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;

/**
 * A finished job.
 *
 * @param rows rows changed by the job, in all its runs
 * @param rowsNow rows changed by this call; less than {@code rows} where it went on from an earlier one, or where others
 *     worked on the same job
 * @param batchesNow batches committed by this call; 0 where the job was finished already
 * @param duration how long this call took
 */
public record BackfillResult(
        String name, QualifiedName table, long rows, long rowsNow, long batchesNow, Duration duration) {}
