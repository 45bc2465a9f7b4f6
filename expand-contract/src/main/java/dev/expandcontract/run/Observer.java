package dev.expandcontract.run;

import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the database while our own connection waits. Opens a second connection when it is first needed, on a thread
 * of its own: an exhausted pool makes us blind, never late.
 */
final class Observer implements AutoCloseable {
    /** A look at the database. */
    interface Look {
        void at(Connection connection) throws SQLException;
    }

    private final @Nullable ConnectionSource source;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread observer = new Thread(task, "expand-contract-observer");
        observer.setDaemon(true);
        return observer;
    });
    /** Touched by the observer's thread only. */
    private @Nullable Connection connection;

    Observer(@Nullable ConnectionSource source) {
        this.source = source;
    }

    Future<?> after(Duration delay, Look look) {
        return thread.schedule(() -> take(look), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    Future<?> every(Duration interval, Look look) {
        return thread.scheduleWithFixedDelay(
                () -> take(look), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.execute(this::disconnect);
        thread.shutdown();
    }

    private void take(Look look) {
        if (source == null) {
            return;
        }
        try {
            if (connection == null) {
                connection = source.connect();
                connection.setAutoCommit(true);
            }
            look.at(connection);
        } catch (SQLException e) {
            disconnect();
        }
    }

    private void disconnect() {
        try (Connection last = connection) {
            connection = null;
        } catch (SQLException e) {
            // It was broken already; the next look opens another one.
            connection = null;
        }
    }
}
