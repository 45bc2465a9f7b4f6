package dev.expandcontract.backfill.metrics;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * All jobs of a database as gauges, whoever runs them. The state table is read when one of them is, at most once in an
 * interval; the others are of that time.
 *
 * <p>Tagged with {@code name}, the job's:
 * {@code backfill.rows.passed}, {@code .rows.estimated}, {@code .rows.changed}, {@code .rows.failed}, {@code .rows.remaining}
 * (rows); {@code backfill.percent}; {@code backfill.rate} (rows in a second); {@code backfill.seconds.left} (NaN where that
 * can't be said); {@code backfill.throttled} (1 while its workers wait); {@code backfill.heartbeat.age} (seconds);
 * {@code backfill.state} (also tagged with each {@code state}; 1 for the one it is in, else 0).
 */
public final class BackfillMetrics implements MeterBinder {
    /** 1 if the state table could be read last, else 0; then the other gauges stay as they were. */
    public static final String REACHABLE = "backfill.reachable";

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final ConnectionSource source;
    private final BackfillControl control;
    private final Duration interval;
    private final List<Bound> bound = new CopyOnWriteArrayList<>();
    private Map<String, BackfillStatus> jobs = Map.of();
    private boolean isReachable;
    private boolean isRead;
    private long readAt;

    /** Reads the state table at most every ten seconds. */
    public BackfillMetrics(ConnectionSource source, Identifier stateSchema) {
        this(source, stateSchema, INTERVAL);
    }

    /** @param interval in which the state table is read once at most; zero: whenever it is asked for */
    public BackfillMetrics(ConnectionSource source, Identifier stateSchema, Duration interval) {
        this.source = source;
        this.control = new BackfillControl(stateSchema);
        this.interval = interval;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bound.add(new Bound(registry));
        Gauge.builder(REACHABLE, this, metrics -> metrics.isReachableNow() ? 1 : 0)
                .description("Whether the state table of the backfills could be read")
                .strongReference(true)
                .register(registry);
        refresh();
    }

    /** Reads the state table now, whatever the interval; what keeps it from that shows in {@link #REACHABLE}. */
    public synchronized void refresh() {
        try (Connection connection = source.connect()) {
            jobs = control.jobs(connection).stream()
                    .collect(Collectors.toUnmodifiableMap(BackfillStatus::name, Function.identity()));
            bound.forEach(registry -> registry.show(jobs.keySet()));
            isReachable = true;
        } catch (SQLException | RuntimeException e) {
            isReachable = false;
        } finally {
            // From its end on: a server that is not there may take longer to say so than the interval is.
            readAt = System.nanoTime();
            isRead = true;
        }
    }

    private synchronized boolean isReachableNow() {
        if (!isRead || System.nanoTime() - readAt >= interval.toNanos()) {
            refresh();
        }
        return isReachable;
    }

    /** NaN of a job that is gone. */
    private synchronized double now(String name, ToDoubleFunction<BackfillStatus> value) {
        isReachableNow();
        BackfillStatus job = jobs.get(name);
        return job == null ? Double.NaN : value.applyAsDouble(job);
    }

    /** The gauges of one registry; those of jobs that are gone are removed. */
    private final class Bound {
        private final List<JobGauge> gauges;
        private final MultiGauge states;

        Bound(MeterRegistry registry) {
            this.gauges = List.of(
                    new JobGauge(registry, "rows.passed", "rows", "Rows that the pass has passed", s -> s.rowsPassed()),
                    new JobGauge(registry, "rows.estimated", "rows", "Rows as estimated", s -> s.rowsEstimated()),
                    new JobGauge(registry, "rows.changed", "rows", "Rows that were changed", s -> s.rowsDone()),
                    new JobGauge(registry, "rows.failed", "rows", "Rows that can't be changed", s -> s.rowsFailed()),
                    new JobGauge(registry, "rows.remaining", "rows", "Rows left over", s -> s.rowsRemaining()),
                    new JobGauge(
                            registry,
                            "percent",
                            "percent",
                            "Passed",
                            s -> s.percent().orElse(Double.NaN)),
                    new JobGauge(registry, "rate", "rows/s", "Rows passed in a second", s -> s.rowsPerSecond()),
                    new JobGauge(registry, "seconds.left", "seconds", "Until the end of the pass", s -> left(s)),
                    new JobGauge(registry, "throttled", "", "Whether workers wait", s -> s.throttle() == null ? 0 : 1),
                    new JobGauge(
                            registry, "heartbeat.age", "seconds", "Since a worker asked for a range", s -> age(s)));
            this.states = MultiGauge.builder("backfill.state")
                    .description("1 for the state that the job is in")
                    .register(registry);
        }

        void show(Set<String> names) {
            gauges.forEach(gauge -> gauge.show(names));
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            for (String name : names) {
                for (BackfillState state : BackfillState.values()) {
                    rows.add(row(Tags.of("name", name, "state", state.text()), name, s -> s.state() == state ? 1 : 0));
                }
            }
            states.register(rows);
        }
    }

    private MultiGauge.Row<?> row(Tags tags, String name, ToDoubleFunction<BackfillStatus> value) {
        return MultiGauge.Row.of(tags, () -> now(name, value));
    }

    private static double left(BackfillStatus status) {
        Duration left = status.remaining();
        return left == null ? Double.NaN : left.toSeconds();
    }

    private static double age(BackfillStatus status) {
        return status.heartbeatAge().toMillis() / 1000.0;
    }

    /** One number of each job. */
    private final class JobGauge {
        private final MultiGauge gauge;
        private final ToDoubleFunction<BackfillStatus> value;

        JobGauge(
                MeterRegistry registry,
                String name,
                String unit,
                String description,
                ToDoubleFunction<BackfillStatus> value) {
            this.gauge = MultiGauge.builder("backfill." + name)
                    .description(description)
                    .baseUnit(unit)
                    .register(registry);
            this.value = value;
        }

        void show(Set<String> names) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            names.forEach(name -> rows.add(row(Tags.of("name", name), name, value)));
            gauge.register(rows);
        }
    }
}
