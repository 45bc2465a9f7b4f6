package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who else is there, and what they hold. */
final class Sessions {
    private static final String NOT_VISIBLE = "not visible without pg_monitor";

    /** A role's own name is never hidden; a process that works for no role is an autovacuum. */
    private static final String ACTIVITY = """
            SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename::text, '') AS usename,
                   CASE WHEN a.backend_type = 'autovacuum worker' OR (a.backend_type IS NULL AND a.usesysid IS NULL)
                        THEN 'autovacuum'
                        ELSE coalesce(a.state, 'not visible without pg_monitor') END AS state,
                   coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8 AS age,
                   left(regexp_replace(coalesce(a.query, ''), '\\s+', ' ', 'g'), 200) AS query
            """;

    private static final String FROM_ACTIVITY = ACTIVITY + "FROM pg_stat_activity a\n";

    private static final String HOLDERS = """
            WITH held AS (
                SELECT DISTINCT l.pid, l.virtualtransaction
                FROM unnest(?::text[], ?::text[]) AS wanted (relation, mode)
                JOIN pg_locks l ON l.relation = to_regclass(wanted.relation)::oid AND l.mode = wanted.mode
                WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            """ + ACTIVITY + """
                 , held.pid || ' ' || held.virtualtransaction AS transaction, a.xact_start IS NOT NULL AS is_age_known
            FROM pg_stat_activity a JOIN held ON held.pid = a.pid
            WHERE (a.xact_start IS NULL AND a.state IN ('idle', 'active')) IS NOT TRUE -- else it has ended meanwhile
            UNION ALL
            SELECT 0, '', x.owner, 'prepared transaction',
                   extract(epoch FROM clock_timestamp() - x.prepared)::float8, x.gid, 'prepared ' || x.gid, false
            FROM pg_prepared_xacts x
            WHERE EXISTS (SELECT FROM held WHERE pid IS NULL) AND x.database = current_database()
            """;

    /**
     * Somebody who holds a lock.
     *
     * @param transaction tells it from the next one of the same session
     * @param isAgeKnown whether this role may see how old it is
     */
    record Holder(Blocker blocker, String transaction, boolean isAgeKnown) {}

    /** Reads one row. */
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private Sessions() {}

    static boolean isAutovacuum(Blocker blocker) {
        return blocker.state().equals("autovacuum");
    }

    static boolean isHidden(Blocker blocker) {
        return blocker.state().equals(NOT_VISIBLE);
    }

    static List<Blocker> blockers(List<Holder> holders) {
        return holders.stream().map(Holder::blocker).distinct().toList();
    }

    /** Transactions that hold a lock conflicting with one of these. A prepared transaction counts as pid 0. */
    static List<Holder> holders(Connection connection, List<Lock> locks) throws SQLException {
        List<String> tables = new ArrayList<>();
        List<String> modes = new ArrayList<>();
        for (Lock lock : locks) {
            for (LockMode mode : lock.mode().conflicts()) {
                tables.add(lock.table().sql());
                modes.add(mode.pgLocksMode());
            }
        }
        return read(
                connection,
                HOLDERS,
                row -> new Holder(blocker(row), row.getString("transaction"), row.getBoolean("is_age_known")),
                tables.toArray(String[]::new),
                modes.toArray(String[]::new));
    }

    /** Who a waiting backend waits for. */
    static List<Blocker> blockersOf(Connection connection, int pid) throws SQLException {
        return read(connection, FROM_ACTIVITY + "WHERE a.pid = ANY (pg_blocking_pids(?))", Sessions::blocker, pid);
    }

    /** Sessions with a snapshot older than now: a concurrent index build waits for them, whatever they read. */
    static List<Blocker> snapshotHolders(Connection connection) throws SQLException {
        return read(connection, FROM_ACTIVITY + """
                        WHERE a.datname = current_database() AND a.backend_xmin IS NOT NULL
                          AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
                          AND a.xact_start < clock_timestamp() - interval '1 second'
                        ORDER BY a.xact_start
                        LIMIT 10
                        """, Sessions::blocker);
    }

    /** The sessions of these backends. */
    static List<Blocker> of(Connection connection, int pid) throws SQLException {
        return read(connection, FROM_ACTIVITY + "WHERE a.pid = ?", Sessions::blocker, pid);
    }

    static Duration deadlockTimeout(Connection connection) throws SQLException {
        return Duration.ofMillis(milliseconds(connection, "deadlock_timeout"));
    }

    /** A setting of the session that is counted in milliseconds. */
    static long milliseconds(Connection connection, String setting) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT setting::bigint FROM pg_settings WHERE name = ?")) {
            statement.setString(1, setting);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static int pid(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Inside a transaction pg_stat_activity shows what it showed first, unless told otherwise. */
    private static void forgetStatistics(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_stat_clear_snapshot()")) {
            statement.execute();
        }
    }

    private static <T> List<T> read(Connection connection, String sql, RowReader<T> reader, Object... parameters)
            throws SQLException {
        if (!connection.getAutoCommit()) {
            forgetStatistics(connection);
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }
    }

    private static Blocker blocker(ResultSet row) throws SQLException {
        return new Blocker(
                row.getInt("pid"),
                row.getString("application"),
                row.getString("usename"),
                row.getString("state"),
                Duration.ofMillis((long) (row.getDouble("age") * 1000)),
                row.getString("query"));
    }
}
