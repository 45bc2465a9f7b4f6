package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Chooses how many rows the next batch gets, so that a batch takes the target time.
 *
 * <ol>
 *   <li>Of the last ten batches the time per row is kept; the ninth slowest of ten (p90) decides.
 *   <li>From one batch to the next the size grows at most by half.
 *   <li>A batch that took five times the target cuts the size at once, and what was measured before is forgotten.
 *   <li>A batch that met a lock halves the size: fewer rows, fewer chances to meet the lock again.
 * </ol>
 */
final class AdaptiveBatchSize {
    private static final int WINDOW = 10;
    private static final double QUANTILE = 0.9;
    private static final double MAX_GROWTH = 1.5;
    private static final int TOO_LONG = 5;

    private final BackfillOptions options;
    private final Deque<Double> nanosPerRow = new ArrayDeque<>(WINDOW);
    private int rows;
    private boolean settled;

    /** @param start rows in the next batch, kept inside floor and ceiling */
    AdaptiveBatchSize(BackfillOptions options, int start) {
        this.options = options;
        this.rows = bounded(start);
    }

    int rows() {
        return rows;
    }

    /** Whether the next batches may be as large as this one: it is not growing any more. */
    boolean isSettled() {
        return settled;
    }

    boolean isSmallest() {
        return rows == options.minBatchSize();
    }

    /** @param batchRows that were asked for, as chosen before or after the last change */
    void took(long batchRows, Duration time) {
        double perRow = (double) Math.max(1, time.toNanos()) / batchRows;
        double target = options.targetTime().toNanos();
        if (time.compareTo(options.targetTime().multipliedBy(TOO_LONG)) >= 0) {
            forget();
            rows = bounded(Math.min(rows, target / perRow));
            return;
        }
        if (nanosPerRow.size() == WINDOW) {
            nanosPerRow.removeFirst();
        }
        nanosPerRow.addLast(perRow);
        double most = Math.max(rows, Math.ceil(batchRows * MAX_GROWTH));
        double wanted = target / quantile();
        rows = bounded(Math.min(wanted, most));
        settled = wanted <= most || rows == options.maxBatchSize();
    }

    void metLock() {
        settled = false;
        rows = bounded(rows / 2.0);
    }

    /** The server cancelled the batch: nobody knows how much too large it was. */
    void timedOut() {
        forget();
        rows = bounded(rows / 10.0);
    }

    private void forget() {
        nanosPerRow.clear();
        settled = false;
    }

    private double quantile() {
        double[] sorted =
                nanosPerRow.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int) Math.ceil(QUANTILE * sorted.length) - 1];
    }

    private int bounded(double wanted) {
        return (int) Math.max(options.minBatchSize(), Math.min(options.maxBatchSize(), wanted));
    }
}
