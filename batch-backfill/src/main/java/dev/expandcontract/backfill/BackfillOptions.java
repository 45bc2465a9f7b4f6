package dev.expandcontract.backfill;

import dev.expandcontract.error.ConfigurationProblem;
import java.time.Duration;

/**
 * How gently a backfill works.
 *
 * @param targetTime how long a batch should take, and so how long an application may wait for a row that we have just
 *     changed. 250 ms: below what a user notices, yet long enough that the commit costs little
 * @param firstBatchSize rows in the first batch. 100: stays below a second even where a trigger takes 8 ms for a row;
 *     growing by half, 1000 are reached with the seventh batch
 * @param minBatchSize the floor. 10: below it the commit costs more than the rows
 * @param maxBatchSize the ceiling. 100,000: bounds the locks that one transaction holds and what a crash loses
 * @param lockTimeout how long a batch waits for a locked row. 100 ms: must stay below PostgreSQL's
 *     {@code deadlock_timeout} (1 s), so that in a deadlock we give up before the application can become the victim
 * @param lockBudget how long the same range is tried while rows are locked. 10 min, as for every other lock
 * @param batchTimeout when the server cancels a batch, which then is cut to a tenth. 30 s: no row stays locked longer
 */
public record BackfillOptions(
        Duration targetTime,
        int firstBatchSize,
        int minBatchSize,
        int maxBatchSize,
        Duration lockTimeout,
        Duration lockBudget,
        Duration batchTimeout) {
    private static final BackfillOptions DEFAULTS = new BackfillOptions(
            Duration.ofMillis(250),
            100,
            10,
            100_000,
            Duration.ofMillis(100),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30));

    /** @throws ConfigurationProblem if a duration or a size is out of its range */
    public BackfillOptions {
        requireAtLeastOneMilli("targetTime", targetTime);
        requireAtLeastOneMilli("lockTimeout", lockTimeout);
        requireAtLeastOneMilli("batchTimeout", batchTimeout);
        require(!lockBudget.isNegative(), "lockBudget", "must not be negative: " + lockBudget);
        require(minBatchSize >= 1, "minBatchSize", "must be at least 1: " + minBatchSize);
        require(
                maxBatchSize >= minBatchSize,
                "maxBatchSize",
                "must be at least minBatchSize (" + minBatchSize + "): " + maxBatchSize);
        require(
                firstBatchSize >= minBatchSize && firstBatchSize <= maxBatchSize,
                "firstBatchSize",
                "must be from minBatchSize (%d) to maxBatchSize (%d): %d"
                        .formatted(minBatchSize, maxBatchSize, firstBatchSize));
        require(
                batchTimeout.compareTo(targetTime) > 0,
                "batchTimeout",
                "must be longer than targetTime (" + targetTime + "): " + batchTimeout);
    }

    public static BackfillOptions defaults() {
        return DEFAULTS;
    }

    public BackfillOptions withTargetTime(Duration time) {
        return new BackfillOptions(
                time, firstBatchSize, minBatchSize, maxBatchSize, lockTimeout, lockBudget, batchTimeout);
    }

    /** First, smallest and largest batch at once, since they bound each other. */
    public BackfillOptions withBatchSizes(int first, int min, int max) {
        return new BackfillOptions(targetTime, first, min, max, lockTimeout, lockBudget, batchTimeout);
    }

    public BackfillOptions withLockTimeout(Duration time) {
        return new BackfillOptions(
                targetTime, firstBatchSize, minBatchSize, maxBatchSize, time, lockBudget, batchTimeout);
    }

    public BackfillOptions withLockBudget(Duration time) {
        return new BackfillOptions(
                targetTime, firstBatchSize, minBatchSize, maxBatchSize, lockTimeout, time, batchTimeout);
    }

    public BackfillOptions withBatchTimeout(Duration time) {
        return new BackfillOptions(
                targetTime, firstBatchSize, minBatchSize, maxBatchSize, lockTimeout, lockBudget, time);
    }

    private static void requireAtLeastOneMilli(String option, Duration value) {
        require(
                value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(Duration.ofDays(1)) <= 0,
                option,
                "must be from 1 ms to 1 day: " + value);
    }

    private static void require(boolean valid, String option, String message) {
        if (!valid) {
            throw new ConfigurationProblem("backfill option " + option + " " + message);
        }
    }
}
