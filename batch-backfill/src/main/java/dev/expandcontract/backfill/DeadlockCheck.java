package dev.expandcontract.backfill;

import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Sees to it that in a deadlock a batch gives up before PostgreSQL looks for a victim. */
final class DeadlockCheck {
    private static final String DEADLOCK_TIMEOUT =
            "SELECT CAST(setting AS bigint) FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'";

    private DeadlockCheck() {}

    static Optional<String> warning(Connection connection, BackfillOptions options) throws SQLException {
        Duration lockTimeout = options.lockTimeout();
        Duration deadlockTimeout = deadlockTimeout(connection);
        return lockTimeout.compareTo(deadlockTimeout) < 0
                ? Optional.empty()
                : Optional.of(
                        ("lockTimeout (%s) is not below deadlock_timeout (%s) of the server: where a batch and the application"
                                        + " wait for each other, PostgreSQL may cancel what the application does; make lockTimeout"
                                        + " shorter")
                                .formatted(DurationText.of(lockTimeout), DurationText.of(deadlockTimeout)));
    }

    private static Duration deadlockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(DEADLOCK_TIMEOUT)) {
            row.next();
            return Duration.ofMillis(row.getLong(1));
        }
    }
}
