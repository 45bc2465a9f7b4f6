package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits while a streaming replica is too far behind: users who read there see old rows, and a failover loses or waits for
 * what is not replayed. Looks at the replicas that stream from this server itself ({@code pg_stat_replication}), not at
 * those behind them, nor at logical subscribers and archivers, which {@link SlotRetentionThrottle} watches.
 *
 * <p>The time behind is how long the first WAL position that the replica has not replayed has been there, or the server's
 * own {@code replay_lag} if that is more: alone it would stand still while replay is paused. A replica that has not
 * reported for a minute, or has gone away since the run began, counts as if it replayed nothing; ten minutes after it went
 * it is taken for retired.
 *
 * @param time how old what is not replayed may be; 1 second to 1 day
 * @param bytes how much WAL may be not replayed; at least 1 kB
 */
public record ReplicaLagThrottle(Duration time, long bytes) implements Throttle {
    static final String NAME = "replicaLag";

    public ReplicaLagThrottle {
        time = time.truncatedTo(ChronoUnit.MILLIS);
        Requirements.of(NAME).time("time", time).size("size", bytes).check();
    }

    static ReplicaLagThrottle parse(String value) {
        String[] limits = value.split(",", -1);
        if (limits.length != 2) {
            throw new IllegalArgumentException("it needs a time and a size");
        }
        return new ReplicaLagThrottle(DurationText.parse(limits[0]), Bytes.parse(limits[1]));
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return new ReplicaLagWatch(this, nanos);
    }

    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        Optional<String> missing = StatisticsRight.missing(connection, "pg_stat_replication");
        if (missing.isEmpty()) {
            ReplicationStatus.read(connection);
        }
        return missing;
    }

    @Override
    public String toString() {
        return NAME + "=" + DurationText.of(time) + "," + Bytes.exact(bytes);
    }
}
