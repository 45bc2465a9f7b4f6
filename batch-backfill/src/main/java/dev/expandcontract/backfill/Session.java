package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker's connection; another one is made where it breaks, if there is a source of connections. */
final class Session implements AutoCloseable {
    /** The server went away or shuts down, or is a standby now; or it ended the session that was idle too long. */
    private static final Set<String> LOST = Set.of("57P01", "57P02", "57P03", "57P05", "25006", "25P03", "25P04");

    private final @Nullable ConnectionSource source;
    private final Timing timing;
    private Connection connection;
    private int pid;

    /** On a connection that was lent, and can't be made anew. */
    static Session lent(Connection connection, Timing timing) {
        return new Session(connection, null, timing);
    }

    static Session from(ConnectionSource source, Timing timing) throws SQLException {
        return new Session(connect(source), source, timing);
    }

    private Session(Connection connection, @Nullable ConnectionSource source, Timing timing) {
        this.connection = connection;
        this.source = source;
        this.timing = timing;
    }

    Connection connection() {
        return connection;
    }

    /** The server's process id of it. */
    int pid() throws SQLException {
        if (pid == 0) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
                row.next();
                pid = row.getInt(1);
            }
        }
        return pid;
    }

    /** Whether the connection broke in such a way that another one may do. */
    boolean isLost(SQLException error) {
        if (source == null) {
            return false;
        }
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return state.startsWith("08") || LOST.contains(state) || isClosed();
    }

    /** What a worker tells while it has no connection. */
    @FunctionalInterface
    interface Waiting {
        void until(Duration next, SQLException reason);
    }

    /** Does what may be done again from its beginning: on another connection, where one breaks meanwhile. */
    <T> T patiently(Duration budget, Waiting listener, Transactions.Work<T> work)
            throws SQLException, InterruptedException {
        Patience patience = null;
        while (true) {
            try {
                return work.in(connection);
            } catch (SQLException e) {
                if (!isLost(e)) {
                    throw e;
                }
                patience = patience == null ? new Patience(budget, timing) : patience;
                reconnect(e, patience, listener);
            }
        }
    }

    /**
     * Until it is there again; then the settings and the job are read anew.
     *
     * @param patience begun when the connection was first lost since something was done: what a worker does may be what
     *     ends its session, every time
     */
    void reconnect(SQLException lost, Patience patience, Waiting listener) throws InterruptedException {
        if (source == null) {
            throw new BackfillStopped("the connection was lost", lost);
        }
        close();
        SQLException reason = lost;
        while (!patience.isSpent()) {
            Duration pause = patience.nextPause();
            listener.until(pause, reason);
            timing.sleep(pause);
            try {
                connection = connect(source);
                pid = 0;
                return;
            } catch (SQLException e) {
                reason = e;
            }
        }
        throw new BackfillStopped("it lost the server, and has done nothing since, for all of reconnectBudget", reason);
    }

    private static Connection connect(ConnectionSource source) throws SQLException {
        Connection connection = source.connect();
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            try (ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_is_in_recovery()")) {
                row.next();
                if (row.getBoolean(1)) {
                    throw new SQLException("the server is a standby, which only reads", "25006");
                }
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private boolean isClosed() {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** A lent connection stays open. */
    @Override
    public void close() {
        if (source == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException broken) {
            // It is given up in any case.
        }
    }
}
