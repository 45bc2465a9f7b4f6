package dev.expandcontract.docs;

import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Step;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;

/** Executes a step by hand and looks which table locks a real server takes for it. */
final class ObservedLocks {
    private static final String LOCKS = """
            SELECT n.nspname || '.' || c.relname, l.mode
            FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE l.pid = %d AND l.locktype = 'relation' AND l.granted AND c.relkind = 'r' AND n.nspname = 'public'
            """;

    private final TestDatabase database;

    ObservedLocks(TestDatabase database) {
        this.database = database;
    }

    /** The strongest lock on each table, by the table's name. */
    Map<String, LockMode> of(Step step) throws SQLException {
        String sql = step.action().sql();
        return step.action() instanceof Action.Await || step.action() instanceof Action.AwaitBackfill
                ? Map.of()
                : sql.contains(" CONCURRENTLY ") ? whileHeldUp(step, sql) : insideItsTransaction(sql);
    }

    private Map<String, LockMode> insideItsTransaction(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            Map<String, LockMode> locks = strongest(pid(connection));
            connection.commit();
            return locks;
        }
    }

    /** A transaction that writes to the table makes a concurrent statement wait after it took its lock. */
    private Map<String, LockMode> whileHeldUp(Step step, String sql) throws SQLException {
        String table = step.locks().get(0).table().sql();
        try (LockHolder writer = LockHolder.hold(database, "UPDATE " + table + " SET id = id WHERE id = 1");
                Connection connection = database.connect()) {
            int pid = pid(connection);
            CompletableFuture<Void> running = OwnThread.run(() -> execute(connection, sql));
            Awaitility.await()
                    .until(() -> running.isDone()
                            || database.<Boolean>value(
                                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = ?)", pid));
            Map<String, LockMode> locks = strongest(pid);
            writer.release();
            running.join();
            return locks;
        }
    }

    private Map<String, LockMode> strongest(int pid) throws SQLException {
        Map<String, LockMode> strongest = new TreeMap<>();
        try (Connection observer = database.connect();
                Statement statement = observer.createStatement();
                var rows = statement.executeQuery(LOCKS.formatted(pid))) {
            while (rows.next()) {
                String mode = rows.getString(2);
                LockMode lock = Arrays.stream(LockMode.values())
                        .filter(m -> m.pgLocksMode().equals(mode))
                        .findFirst()
                        .orElseThrow();
                strongest.merge(rows.getString(1), lock, (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        strongest.values().removeIf(lock -> lock == LockMode.ACCESS_SHARE);
        return strongest;
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }
}
