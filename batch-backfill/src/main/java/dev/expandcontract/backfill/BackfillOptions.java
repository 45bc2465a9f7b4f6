package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttle;
import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 *     {@code deadlock_timeout} (1 s), so that in a deadlock we give up before the application can become the victim
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
    private static final BackfillOptions DEFAULTS = new Builder().build();

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
    public BackfillOptions with(Consumer<Builder> changes) {
        Builder builder = new Builder(this);
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

    /** Options that are being changed; begins with the defaults. */
    public static final class Builder {
        private Duration targetTime = Duration.ofMillis(50);
        private int firstBatchSize = 100;
        private int minBatchSize = 10;
        private int maxBatchSize = 2_000;
        private Duration lockTimeout = Duration.ofMillis(100);
        private Duration lockBudget = Duration.ofMinutes(10);
        private Duration batchTimeout = Duration.ofSeconds(30);
        private @Nullable AxisKind axis;
        private int workers = 1;
        private int speed = 100;
        private @Nullable Integer maxConcurrentBatches;
        private Duration lease = Duration.ofSeconds(15);
        private Duration reconnectBudget = Duration.ofMinutes(10);
        private int maxFailures = 1000;
        private List<Throttle> throttles = List.of();
        private boolean isWithDefaultThrottles = true;

        private Builder() {}

        private Builder(BackfillOptions from) {
            targetTime = from.targetTime;
            firstBatchSize = from.firstBatchSize;
            minBatchSize = from.minBatchSize;
            maxBatchSize = from.maxBatchSize;
            lockTimeout = from.lockTimeout;
            lockBudget = from.lockBudget;
            batchTimeout = from.batchTimeout;
            axis = from.axis;
            workers = from.workers;
            speed = from.speed;
            maxConcurrentBatches = from.maxConcurrentBatches;
            lease = from.lease;
            reconnectBudget = from.reconnectBudget;
            maxFailures = from.maxFailures;
            throttles = from.throttles;
            isWithDefaultThrottles = from.isWithDefaultThrottles;
        }

        private BackfillOptions build() {
            return new BackfillOptions(
                    targetTime,
                    firstBatchSize,
                    minBatchSize,
                    maxBatchSize,
                    lockTimeout,
                    lockBudget,
                    batchTimeout,
                    axis,
                    workers,
                    speed,
                    maxConcurrentBatches,
                    lease,
                    reconnectBudget,
                    maxFailures,
                    throttles,
                    isWithDefaultThrottles);
        }

        public Builder targetTime(Duration time) {
            targetTime = time;
            return this;
        }

        public Builder batchSizes(int first, int min, int max) {
            return firstBatchSize(first).minBatchSize(min).maxBatchSize(max);
        }

        public Builder firstBatchSize(int rows) {
            firstBatchSize = rows;
            return this;
        }

        public Builder minBatchSize(int rows) {
            minBatchSize = rows;
            return this;
        }

        public Builder maxBatchSize(int rows) {
            maxBatchSize = rows;
            return this;
        }

        public Builder lockTimeout(Duration time) {
            lockTimeout = time;
            return this;
        }

        public Builder lockBudget(Duration time) {
            lockBudget = time;
            return this;
        }

        public Builder batchTimeout(Duration time) {
            batchTimeout = time;
            return this;
        }

        /** @param kind null for what the statistics say */
        public Builder axis(@Nullable AxisKind kind) {
            axis = kind;
            return this;
        }

        public Builder workers(int number) {
            workers = number;
            return this;
        }

        public Builder speed(int percent) {
            speed = percent;
            return this;
        }

        /** @param number null for no limit */
        public Builder maxConcurrentBatches(@Nullable Integer number) {
            maxConcurrentBatches = number;
            return this;
        }

        public Builder lease(Duration time) {
            lease = time;
            return this;
        }

        public Builder reconnectBudget(Duration time) {
            reconnectBudget = time;
            return this;
        }

        public Builder maxFailures(int rows) {
            maxFailures = rows;
            return this;
        }

        /**
         * As text: {@code replicaLag=5s,64MB; activeSessions=40} beside the default ones of other kinds, {@code only …}
         * without these, {@code none} for full speed whatever happens.
         *
         * @throws ConfigurationProblem with all that is wrong with it
         */
        public Builder throttles(String text) {
            String asked = text.strip();
            if (asked.equalsIgnoreCase("none")) {
                return onlyThrottles(List.of());
            }
            return asked.toLowerCase(Locale.ROOT).startsWith("only ")
                    ? onlyThrottles(Throttles.parse(asked.substring("only ".length())))
                    : throttles(Throttles.parse(asked));
        }

        /** These, beside the default ones of other kinds. */
        public Builder throttles(List<Throttle> asked) {
            throttles = List.copyOf(asked);
            isWithDefaultThrottles = true;
            return this;
        }

        /** These and no others; none for full speed whatever happens. */
        public Builder onlyThrottles(List<Throttle> asked) {
            throttles = List.copyOf(asked);
            isWithDefaultThrottles = false;
            return this;
        }
    }
}
