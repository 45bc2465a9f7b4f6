package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits while more than so many sessions of clients are at work on the server, in any of its databases, the job's own
 * workers not counted: whoever then gets no processor waits for us too.
 *
 * @param sessions in state {@code active}; 1 or more
 */
public record ActiveSessionsThrottle(int sessions) implements Throttle {
    static final String NAME = "activeSessions";

    /** What a role may not see has no backend_type. */
    private static final String ACTIVE = """
            SELECT count(*) FILTER (WHERE backend_type = 'client backend' AND state = 'active'
                                      AND pid <> pg_backend_pid() AND pid <> ALL (?)),
                   count(*) FILTER (WHERE backend_type IS NULL)
            FROM pg_catalog.pg_stat_activity
            """;

    public ActiveSessionsThrottle {
        Requirements.of(NAME)
                .that(sessions >= 1, "its number of sessions must be at least 1: " + sessions)
                .check();
    }

    static ActiveSessionsThrottle parse(String value) {
        return new ActiveSessionsThrottle(Whole.parse(value));
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return connection -> reasonToWait(connection, target);
    }

    private Optional<String> reasonToWait(Connection connection, Target target) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ACTIVE)) {
            statement.setArray(
                    1, connection.createArrayOf("int4", target.workers().get().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(2) == 0 ? reason(row.getInt(1)) : unreadable(connection, row.getInt(2));
            }
        }
    }

    private Optional<String> reason(int active) {
        return active > sessions
                ? Optional.of("%d sessions are active on the server (limit %d)".formatted(active, sessions))
                : Optional.empty();
    }

    private static Optional<String> unreadable(Connection connection, int hidden) throws SQLException {
        String why = StatisticsRight.missing(connection, "pg_stat_activity").orElse("pg_stat_activity hides them");
        return Optional.of("whether %d sessions are active can't be read: %s".formatted(hidden, why));
    }

    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        return StatisticsRight.missing(connection, "pg_stat_activity");
    }

    @Override
    public String toString() {
        return NAME + "=" + sessions;
    }
}
