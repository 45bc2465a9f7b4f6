package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttle;
import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How gently a backfill works.
 *
 * @param targetTime how long a batch should take, and so how long an application may wait for a row that we have just
 *     changed. 50 ms: below what a user notices, yet long enough that the way to the server and back costs little
 * @param firstBatchSize rows in the first batch. 100: stays below a second even where a trigger takes 8 ms for a row;
 *     growing by half, 1000 are reached with the seventh batch
 * @param minBatchSize the floor. 10: below it the commit costs more than the rows
 * @param maxBatchSize the ceiling. 2000: larger transactions are slower, as PostgreSQL looks in vain for index entries of
 *     their own old versions to remove (measured: benchmarks)
 * @param lockTimeout how long a batch waits for a locked row. 100 ms: must stay below PostgreSQL's
 *     {@code deadlock_timeout} (1 s), so that in a deadlock we give up before the application can become the victim;
 *     a run warns where it does not
 * @param lockBudget how long the same range is tried while rows are locked. 10 min, as for every other lock
 * @param batchTimeout when the server cancels a batch, which then is cut to a tenth. 30 s: no row stays locked longer
 * @param axis the order of the batches; null: chosen from statistics when the job begins
 * @param workers of this process that share the job, each with a connection of its own; 1 to 64. 1: two halve the time
 *     where the server has cores and disk to spare, which only its owner knows
 * @param speed share of the time in which a worker works, in percent; in the rest it sleeps. 1 to 100
 * @param maxConcurrentBatches how many batches of all backfills of this database may be at work at once, counted by every
 *     run that has such a limit; 1 to 1000; null: any number
 * @param lease how long the range of a worker that is gone is kept for it. 15 s: longer than a pause of the garbage
 *     collector; a worker in the middle of a batch keeps its range in any case
 * @param reconnectBudget how long a server that went away is tried again. 10 min: longer than a failover takes
 * @param maxFailures how many rows may be left out because they can't be changed. 1000: with more of them the work is
 *     wrong, not the rows
 * @param throttles that were asked for
 * @param isWithDefaultThrottles whether {@link Throttles#defaults()} of other kinds join them
 */
public record BackfillOptions(
        Duration targetTime,
        int firstBatchSize,
        int minBatchSize,
        int maxBatchSize,
        Duration lockTimeout,
        Duration lockBudget,
        Duration batchTimeout,
        @Nullable AxisKind axis,
        int workers,
        int speed,
        @Nullable Integer maxConcurrentBatches,
        Duration lease,
        Duration reconnectBudget,
        int maxFailures,
        List<Throttle> throttles,
        boolean isWithDefaultThrottles) {
    private static final BackfillOptions DEFAULTS = new BackfillOptionsBuilder().build();

    /** @throws ConfigurationProblem if a duration or a size is out of its range; it tells of all that are */
    public BackfillOptions {
        throttles = List.copyOf(throttles);
        List<String> problems = new ArrayList<>();
        requireAtLeastOneMilli(problems, "targetTime", targetTime);
        requireAtLeastOneMilli(problems, "lockTimeout", lockTimeout);
        requireAtLeastOneMilli(problems, "batchTimeout", batchTimeout);
        requireAtLeastOneMilli(problems, "lease", lease);
        require(problems, !lockBudget.isNegative(), "lockBudget must not be negative: " + lockBudget);
        require(problems, !reconnectBudget.isNegative(), "reconnectBudget must not be negative: " + reconnectBudget);
        require(problems, minBatchSize >= 1, "minBatchSize must be at least 1: " + minBatchSize);
        require(
                problems,
                maxBatchSize >= minBatchSize,
                "maxBatchSize must be at least minBatchSize (" + minBatchSize + "): " + maxBatchSize);
        require(
                problems,
                firstBatchSize >= minBatchSize && firstBatchSize <= maxBatchSize,
                "firstBatchSize must be from minBatchSize (%d) to maxBatchSize (%d): %d"
                        .formatted(minBatchSize, maxBatchSize, firstBatchSize));
        require(
                problems,
                batchTimeout.compareTo(targetTime) > 0,
                "batchTimeout must be longer than targetTime (" + targetTime + "): " + batchTimeout);
        require(problems, workers >= 1 && workers <= 64, "workers must be from 1 to 64: " + workers);
        require(problems, speed >= 1 && speed <= 100, "speed must be from 1 to 100 percent: " + speed);
        require(
                problems,
                maxConcurrentBatches == null || (maxConcurrentBatches >= 1 && maxConcurrentBatches <= 1000),
                "maxConcurrentBatches must be from 1 to 1000: " + maxConcurrentBatches);
        require(problems, maxFailures >= 0, "maxFailures must not be negative: " + maxFailures);
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem("backfill option " + String.join("; ", problems));
        }
    }

    public static BackfillOptions defaults() {
        return DEFAULTS;
    }

    /** The same, but for what is changed: {@code options.with(o -> o.workers(2).speed(100))}. */
    public BackfillOptions with(Consumer<BackfillOptionsBuilder> changes) {
        var builder = new BackfillOptionsBuilder(this);
        changes.accept(builder);
        return builder.build();
    }

    public BackfillOptions withTargetTime(Duration time) {
        return with(o -> o.targetTime(time));
    }

    /** First, smallest and largest batch at once, since they bound each other. */
    public BackfillOptions withBatchSizes(int first, int min, int max) {
        return with(o -> o.batchSizes(first, min, max));
    }

    public BackfillOptions withLockTimeout(Duration time) {
        return with(o -> o.lockTimeout(time));
    }

    public BackfillOptions withLockBudget(Duration time) {
        return with(o -> o.lockBudget(time));
    }

    public BackfillOptions withBatchTimeout(Duration time) {
        return with(o -> o.batchTimeout(time));
    }

    private static void requireAtLeastOneMilli(List<String> problems, String option, Duration value) {
        require(
                problems,
                value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(Duration.ofDays(1)) <= 0,
                option + " must be from 1 ms to 1 day: " + value);
    }

    private static void require(List<String> problems, boolean valid, String message) {
        if (!valid) {
            problems.add(message);
        }
    }
}
