package dev.expandcontract.run;

import dev.expandcontract.plan.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A turn at a table among all sessions that run long steps on it: an advisory lock of the session. Asked for again and
 * again, because a session that waits holds a snapshot, and a concurrent index build waits for that.
 */
final class Turn implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final int ASKS_BETWEEN = 20;
    /** "EXCT": keeps our locks apart from other people's. */
    private static final int NAMESPACE = 0x45584354;

    private final Connection connection;
    private final int key;

    private Turn(Connection connection, int key) {
        this.connection = connection;
        this.key = key;
    }

    static Turn take(Connection connection, Step step, RunListener listener, Ticker ticker)
            throws SQLException, InterruptedException {
        String table = step.locks().isEmpty() ? "" : step.locks().get(0).table().sql();
        Turn turn = new Turn(connection, table.hashCode());
        for (int asks = 0; !turn.call("pg_try_advisory_lock"); asks++) {
            if (asks % ASKS_BETWEEN == 0) {
                listener.progress(step.description() + ": another session works on " + table + ", waiting for its end");
            }
            ticker.sleep(INTERVAL);
        }
        return turn;
    }

    @Override
    public void close() throws SQLException {
        if (!connection.isClosed()) {
            call("pg_advisory_unlock");
        }
    }

    private boolean call(String function) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + function + "(?, ?)")) {
            statement.setInt(1, NAMESPACE);
            statement.setInt(2, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
