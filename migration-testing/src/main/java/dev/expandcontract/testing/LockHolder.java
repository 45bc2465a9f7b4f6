package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An open transaction that stands in somebody's way, as an application's or a colleague's would. */
public final class LockHolder implements AutoCloseable {
    private final Connection connection;
    private final int pid;

    private LockHolder(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        this.pid =
                (Integer) Sql.rows(connection, "SELECT pg_backend_pid()").get(0).get(0);
    }

    /** Runs the statements in a transaction that stays open, as the application {@code lock-holder}. */
    public static LockHolder hold(TestDatabase database, String... statements) {
        return holdAs("lock-holder", database, statements);
    }

    /** The same under another {@code application_name}. */
    public static LockHolder holdAs(String applicationName, TestDatabase database, String... statements) {
        Connection connection;
        LockHolder holder;
        try {
            connection = database.connectNamed(applicationName);
            holder = new LockHolder(connection);
        } catch (SQLException e) {
            throw new StatementFailed("connect to " + database.url(), e);
        }
        try {
            Sql.execute(connection, statements);
            return holder;
        } catch (StatementFailed e) {
            holder.close();
            throw e;
        }
    }

    /** Of the session, as the server's views show it. */
    public int pid() {
        return pid;
    }

    /** Commits, so that what the statements wrote stays. Again, it does nothing. */
    public synchronized void release() {
        try {
            if (!connection.isClosed()) {
                connection.commit();
                connection.close();
            }
        } catch (SQLException e) {
            throw new StatementFailed("COMMIT of the lock holder, pid " + pid, e);
        }
    }

    /** Releases in the background; the future ends with it, or with what went wrong. */
    public CompletableFuture<Void> releaseAfter(Duration delay) {
        return CompletableFuture.runAsync(
                this::release,
                CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, OwnThread.EACH));
    }

    /** Rolls back what has not been released; a session that was terminated is no error here. */
    @Override
    public synchronized void close() {
        try (connection) {
            rollBack();
        } catch (SQLException e) {
            throw new StatementFailed("close of the lock holder, pid " + pid, e);
        }
    }

    /** Waits for the server to have done so; a mere disconnect is noticed by it some time later. */
    private void rollBack() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The session was terminated, and its locks with it.
            return;
        }
    }
}
