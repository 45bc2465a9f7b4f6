package dev.expandcontract.backfill;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what a batch waited for. Seen afterwards, on the same connection: a lock on the table stands in
 * {@code pg_locks}; one on a row only in the row itself, as the transaction that last changed or locked it.
 */
final class Blockers {
    private static final String SESSION = """
            SELECT DISTINCT l.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
                   coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::bigint,
                   left(coalesce(a.query, ''), 200)
            """;

    private static final String TABLE = SESSION + """
            FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.relation = CAST(? AS regclass) AND l.granted AND l.pid <> pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
            LIMIT 5
            """;

    private static final String ROWS = SESSION + """
            FROM %s
            JOIN pg_catalog.pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = %s.xmax AND l.granted
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE %s
            LIMIT 5
            """;

    private Blockers() {}

    private static final LocalSettings SETTINGS =
            LocalSettings.of("lock_timeout", "100").with("statement_timeout", "1000");

    /** Empty where nobody is seen (any more), or where it can't be looked at: this only helps to understand. */
    static List<Blocker> of(Connection connection, QualifiedName table, @Nullable Range range) {
        try {
            return Transactions.read(connection, SETTINGS, c -> {
                List<Blocker> blockers = onTable(c, table);
                return blockers.isEmpty() && range != null ? onRows(c, table, range) : blockers;
            });
        } catch (SQLException notToBeSeen) {
            return List.of();
        }
    }

    private static List<Blocker> onTable(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, table.sql());
            return blockers(statement);
        }
    }

    private static List<Blocker> onRows(Connection connection, QualifiedName table, Range range) throws SQLException {
        String name = table.name().sql();
        String sql = ROWS.formatted(table.sql(), name, range.predicate(table.name()));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            range.bind(statement, 1);
            return blockers(statement);
        }
    }

    private static List<Blocker> blockers(PreparedStatement statement) throws SQLException {
        List<Blocker> blockers = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                blockers.add(new Blocker(
                        row.getInt(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Duration.ofSeconds(row.getLong(5)),
                        row.getString(6)));
            }
        }
        return blockers;
    }
}
