package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttle;
import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Options that are being changed, by {@link BackfillOptions#with}; each as described there. */
public final class BackfillOptionsBuilder {
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

    /** Begins with the defaults. */
    BackfillOptionsBuilder() {}

    BackfillOptionsBuilder(BackfillOptions from) {
        targetTime = from.targetTime();
        firstBatchSize = from.firstBatchSize();
        minBatchSize = from.minBatchSize();
        maxBatchSize = from.maxBatchSize();
        lockTimeout = from.lockTimeout();
        lockBudget = from.lockBudget();
        batchTimeout = from.batchTimeout();
        axis = from.axis();
        workers = from.workers();
        speed = from.speed();
        maxConcurrentBatches = from.maxConcurrentBatches();
        lease = from.lease();
        reconnectBudget = from.reconnectBudget();
        maxFailures = from.maxFailures();
        throttles = from.throttles();
        isWithDefaultThrottles = from.isWithDefaultThrottles();
    }

    BackfillOptions build() {
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

    public BackfillOptionsBuilder targetTime(Duration time) {
        targetTime = time;
        return this;
    }

    public BackfillOptionsBuilder batchSizes(int first, int min, int max) {
        return firstBatchSize(first).minBatchSize(min).maxBatchSize(max);
    }

    public BackfillOptionsBuilder firstBatchSize(int rows) {
        firstBatchSize = rows;
        return this;
    }

    public BackfillOptionsBuilder minBatchSize(int rows) {
        minBatchSize = rows;
        return this;
    }

    public BackfillOptionsBuilder maxBatchSize(int rows) {
        maxBatchSize = rows;
        return this;
    }

    public BackfillOptionsBuilder lockTimeout(Duration time) {
        lockTimeout = time;
        return this;
    }

    public BackfillOptionsBuilder lockBudget(Duration time) {
        lockBudget = time;
        return this;
    }

    public BackfillOptionsBuilder batchTimeout(Duration time) {
        batchTimeout = time;
        return this;
    }

    /** @param kind null for what the statistics say */
    public BackfillOptionsBuilder axis(@Nullable AxisKind kind) {
        axis = kind;
        return this;
    }

    public BackfillOptionsBuilder workers(int number) {
        workers = number;
        return this;
    }

    public BackfillOptionsBuilder speed(int percent) {
        speed = percent;
        return this;
    }

    /** @param number null for no limit */
    public BackfillOptionsBuilder maxConcurrentBatches(@Nullable Integer number) {
        maxConcurrentBatches = number;
        return this;
    }

    public BackfillOptionsBuilder lease(Duration time) {
        lease = time;
        return this;
    }

    public BackfillOptionsBuilder reconnectBudget(Duration time) {
        reconnectBudget = time;
        return this;
    }

    public BackfillOptionsBuilder maxFailures(int rows) {
        maxFailures = rows;
        return this;
    }

    /**
     * As text: {@code replicaLag=5s,64MB; activeSessions=40} beside the default ones of other kinds, {@code only …}
     * without these, {@code none} for full speed whatever happens.
     *
     * @throws ConfigurationProblem with all that is wrong with it
     */
    public BackfillOptionsBuilder throttles(String text) {
        String asked = text.strip();
        if (asked.equalsIgnoreCase("none")) {
            return onlyThrottles(List.of());
        }
        return asked.toLowerCase(Locale.ROOT).startsWith("only ")
                ? onlyThrottles(Throttles.parse(asked.substring("only ".length())))
                : throttles(Throttles.parse(asked));
    }

    /** These, beside the default ones of other kinds. */
    public BackfillOptionsBuilder throttles(List<Throttle> asked) {
        throttles = List.copyOf(asked);
        isWithDefaultThrottles = true;
        return this;
    }

    /** These and no others; none for full speed whatever happens. */
    public BackfillOptionsBuilder onlyThrottles(List<Throttle> asked) {
        throttles = List.copyOf(asked);
        isWithDefaultThrottles = false;
        return this;
    }
}
