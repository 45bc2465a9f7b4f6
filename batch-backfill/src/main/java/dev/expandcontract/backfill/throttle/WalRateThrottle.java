package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits while the whole server has written more WAL in a second, in the mean of the last ten, than its disks, its archive
 * and its replicas should bear. The applications' WAL counts, since it goes the same way; a limit below what they write
 * themselves lets a backfill wait until they rest.
 *
 * @param bytesPerSecond at least 1 kB
 */
public record WalRateThrottle(long bytesPerSecond) implements Throttle {
    static final String NAME = "walRate";

    private static final String POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";
    private static final String PER_SECOND = "/s";

    public WalRateThrottle {
        Requirements.of(NAME).size("size", bytesPerSecond).check();
    }

    static WalRateThrottle parse(String value) {
        String rate = value.strip();
        if (!rate.endsWith(PER_SECOND)) {
            throw new IllegalArgumentException("it needs a size per second");
        }
        return new WalRateThrottle(Bytes.parse(rate.substring(0, rate.length() - PER_SECOND.length())));
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        var mean = new SlidingMean();
        return connection -> reason(mean.with(position(connection), nanos.getAsLong()));
    }

    private Optional<String> reason(double mean) {
        return mean > bytesPerSecond
                ? Optional.of("the server writes %s of WAL in a second, in the mean of the last %s (limit %s)"
                        .formatted(
                                Bytes.rounded(Math.round(mean)),
                                DurationText.wholeSeconds(SlidingMean.WINDOW),
                                Bytes.rounded(bytesPerSecond)))
                : Optional.empty();
    }

    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        position(connection);
        return Optional.empty();
    }

    private static long position(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(POSITION)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public String toString() {
        return NAME + "=" + Bytes.exact(bytesPerSecond) + PER_SECOND;
    }
}
