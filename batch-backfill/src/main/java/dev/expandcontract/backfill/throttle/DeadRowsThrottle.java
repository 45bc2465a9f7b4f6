package dev.expandcontract.backfill.throttle;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits for vacuum while too many of the table's rows, its partitions' together, are dead versions: a table that a backfill
 * has blown up stays big, and every scan reads what is dead in it. The figures are the server's statistics, which follow a
 * commit by a second or so.
 *
 * <p>Autovacuum must come to the table before the limit is reached, or nothing would ever end the wait: a limit that is
 * lower than its threshold is a hindrance.
 *
 * @param share of all row versions, above 0 and below 1
 * @param floor as few dead rows as these are never too many; 0 or more
 */
public record DeadRowsThrottle(double share, long floor) implements Throttle {
    static final String NAME = "deadRows";

    public DeadRowsThrottle {
        Requirements.of(NAME)
                .that(share > 0 && share < 1, "its share must be above 0% and below 100%: " + percent(share))
                .that(floor >= 0, "its floor must be 0 or more rows: " + floor)
                .check();
    }

    static DeadRowsThrottle parse(String value) {
        String[] limits = value.split(",", -1);
        if (limits.length != 2 || !limits[0].strip().endsWith("%")) {
            throw new IllegalArgumentException("it needs a share in percent and a number of rows");
        }
        String percent = limits[0].strip();
        try {
            double share = new BigDecimal(
                            percent.substring(0, percent.length() - 1).strip())
                    .movePointLeft(2)
                    .doubleValue();
            return new DeadRowsThrottle(share, Long.parseLong(limits[1].strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + value.strip() + "\" is no share and number of rows", e);
        }
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return connection -> reason(target, RowVersions.of(connection, target.table()));
    }

    private Optional<String> reason(Target target, RowVersions rows) {
        return rows.dead() > floor && rows.dead() > share * rows.all()
                ? Optional.of("%s has %d dead rows, %.0f%% of all (limits %s and %d); vacuum it, or wait for autovacuum"
                        .formatted(
                                target.table(), rows.dead(), 100.0 * rows.dead() / rows.all(), percent(share), floor))
                : Optional.empty();
    }

    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        RowVersions rows = RowVersions.of(connection, target.table());
        if (!rows.autovacuumed()) {
            return Optional.of(
                    "autovacuum is off for %s, so that nothing would end a wait; turn it on".formatted(target.table()));
        }
        double reached = Math.max((double) floor, share / (1 - share) * rows.planned());
        return reached < rows.threshold()
                ? Optional.of(
                        ("autovacuum comes to %s at %.0f dead rows, and the limit is reached at %.0f, so that nothing"
                                        + " would end a wait; raise the limit, or lower autovacuum_vacuum_scale_factor of the table")
                                .formatted(target.table(), rows.threshold(), reached))
                : Optional.empty();
    }

    private static String percent(double share) {
        return Double.isFinite(share)
                ? BigDecimal.valueOf(share)
                                .movePointRight(2)
                                .stripTrailingZeros()
                                .toPlainString() + "%"
                : String.valueOf(share);
    }

    @Override
    public String toString() {
        return NAME + "=" + percent(share) + "," + floor;
    }
}
