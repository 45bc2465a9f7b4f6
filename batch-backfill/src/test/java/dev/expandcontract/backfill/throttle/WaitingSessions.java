package dev.expandcontract.backfill.throttle;

import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sessions of the application {@code checkout} that all wait for the same lock. */
final class WaitingSessions implements AutoCloseable {
    private final List<CompletableFuture<Void>> sessions = new ArrayList<>();
    private final TestDatabase database;

    /** Returns when so many wait. */
    WaitingSessions(TestDatabase database, int count, String sql) throws SQLException {
        this.database = database;
        for (int i = 0; i < count; i++) {
            sessions.add(OwnThread.run(() -> run(sql)));
            int waiting = i;
            ThrottleFixture.await("session " + i + " waits", () -> pids().size() > waiting);
        }
    }

    private void run(String sql) {
        try (Connection connection = database.connectNamed("checkout");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Integer> pids() {
        return database.rows("""
                SELECT DISTINCT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND application_name = 'checkout' AND datname = current_database()
                """).stream().map(row -> (Integer) row.get(0)).toList();
    }

    /** When nothing holds them up any more. */
    @Override
    public void close() {
        sessions.forEach(session -> session.orTimeout(30, TimeUnit.SECONDS).join());
    }
}
