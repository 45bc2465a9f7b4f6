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
import java.util.Set;

/** Who else is there, and what they hold. */
final class Sessions {
    private static final String ACTIVITY = """
            SELECT coalesce(a.pid, 0) AS pid, coalesce(a.application_name, '') AS application,
                   coalesce(a.usename::text, '') AS usename,
                   CASE WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum'
                        ELSE coalesce(a.state, 'not visible without pg_monitor') END AS state,
                   coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8 AS age,
                   left(regexp_replace(coalesce(a.query, ''), '\\s+', ' ', 'g'), 200) AS query
            FROM pg_stat_activity a
            """;

    private static final Set<String> MAY_BE_AUTOVACUUM = Set.of("autovacuum", "not visible without pg_monitor");

    private Sessions() {}

    static boolean mayBeAutovacuum(Blocker blocker) {
        return MAY_BE_AUTOVACUUM.contains(blocker.state());
    }

    /**
     * Transactions that hold a lock conflicting with one of these, and have done so for at least this long. Shorter ones
     * will be gone before our own try times out. A prepared transaction counts as pid 0. Left out are autovacuum, which
     * yields when asked, and sessions whose age this role may not see; unless all are wanted, by an age of zero.
     */
    static List<Blocker> holders(Connection connection, List<Lock> locks, Duration openFor) throws SQLException {
        List<Blocker> holders = new ArrayList<>();
        for (Lock lock : locks) {
            String sql = """
                    WITH held AS (
                        SELECT pid FROM pg_locks
                        WHERE locktype = 'relation' AND granted AND relation = to_regclass(?)::oid
                          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                          AND mode = ANY (?::text[]) AND pid IS DISTINCT FROM pg_backend_pid())
                    """ + ACTIVITY + """
                    WHERE a.pid IN (SELECT pid FROM held)
                      AND (a.xact_start <= clock_timestamp() - ? * interval '1 millisecond'
                           AND a.backend_type <> 'autovacuum worker' OR ? = 0)
                    UNION ALL
                    SELECT 0, '', x.owner, 'prepared transaction',
                           extract(epoch FROM clock_timestamp() - x.prepared)::float8, x.gid
                    FROM pg_prepared_xacts x
                    WHERE EXISTS (SELECT FROM held WHERE pid IS NULL) AND x.database = current_database()
                    """;
            String[] modes =
                    lock.mode().conflicts().stream().map(LockMode::pgLocksMode).toArray(String[]::new);
            holders.addAll(read(connection, sql, lock.table().sql(), modes, openFor.toMillis(), openFor.toMillis()));
        }
        return holders.stream().distinct().toList();
    }

    /** Who a waiting backend waits for. */
    static List<Blocker> blockersOf(Connection connection, int pid) throws SQLException {
        return read(connection, ACTIVITY + "WHERE a.pid = ANY (pg_blocking_pids(?))", pid);
    }

    /** Sessions with a snapshot older than now: a concurrent index build waits for them, whatever they read. */
    static List<Blocker> snapshotHolders(Connection connection) throws SQLException {
        return read(connection, ACTIVITY + """
                        WHERE a.datname = current_database() AND a.backend_xmin IS NOT NULL
                          AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
                          AND a.xact_start < clock_timestamp() - interval '1 second'
                        ORDER BY a.xact_start
                        LIMIT 10
                        """);
    }

    /** The sessions of these backends. */
    static List<Blocker> of(Connection connection, int pid) throws SQLException {
        return read(connection, ACTIVITY + "WHERE a.pid = ?", pid);
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

    private static List<Blocker> read(Connection connection, String sql, Object... parameters) throws SQLException {
        if (!connection.getAutoCommit()) {
            forgetStatistics(connection);
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<Blocker> blockers = new ArrayList<>();
                while (rows.next()) {
                    blockers.add(new Blocker(
                            rows.getInt("pid"),
                            rows.getString("application"),
                            rows.getString("usename"),
                            rows.getString("state"),
                            Duration.ofMillis((long) (rows.getDouble("age") * 1000)),
                            rows.getString("query")));
                }
                return blockers;
            }
        }
    }
}
