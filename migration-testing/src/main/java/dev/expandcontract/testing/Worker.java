package dev.expandcontract.testing;

import dev.expandcontract.testing.Workload.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One session of a workload. After an error it goes on, on a new connection. */
final class Worker {
    /** Whom to tell about each run. */
    interface Listener {
        void ran(String applicationName, Duration duration, Throwable... errors);
    }

    private final TestDatabase database;
    private final Task task;
    private final Random random;
    private final Listener listener;
    private volatile boolean stopped;
    private volatile boolean aborted;
    private boolean hasRun;
    private volatile @Nullable Connection connection;
    private volatile @Nullable Long begin;

    Worker(TestDatabase database, Task task, long seed, Listener listener) {
        this.database = database;
        this.task = task;
        this.random = new Random(seed);
        this.listener = listener;
    }

    /** @param ready counted down after the first run, however it ended */
    void run(CountDownLatch ready) {
        while (!stopped) {
            try (Connection current = database.connectNamed(task.applicationName())) {
                connection = current;
                workOn(current, ready);
            } catch (SQLException e) {
                listener.ran(task.applicationName(), Duration.ZERO, e);
                afterRun(ready);
            }
        }
    }

    private void workOn(Connection current, CountDownLatch ready) {
        boolean isUsable = true;
        while (isUsable && !stopped) {
            isUsable = workOnce(current);
            afterRun(ready);
        }
    }

    private void afterRun(CountDownLatch ready) {
        if (!hasRun) {
            hasRun = true;
            ready.countDown();
        }
        pause();
    }

    /** @return whether the connection is to be used again */
    private boolean workOnce(Connection current) {
        long start = System.nanoTime();
        begin = start;
        try {
            task.work().run(current, random);
            listener.ran(task.applicationName(), Duration.ofNanos(System.nanoTime() - start));
            return true;
        } catch (SQLException | RuntimeException | AssertionError e) {
            if (!aborted) {
                listener.ran(task.applicationName(), Duration.ofNanos(System.nanoTime() - start), e);
            }
            return false;
        } finally {
            begin = null;
        }
    }

    private void pause() {
        try {
            Thread.sleep(task.pause().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    String applicationName() {
        return task.applicationName();
    }

    /** How long the run that goes on now has taken. */
    Optional<Duration> waiting() {
        Long start = begin;
        return start == null ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - start));
    }

    void stop() {
        stopped = true;
    }

    /** Cuts the connection. What its work then throws is not told to the listener. */
    void abort() {
        stopped = true;
        aborted = true;
        Connection current = connection;
        try {
            if (current != null) {
                current.abort(Runnable::run);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(this + " can't be cut off", e);
        }
    }

    @Override
    public String toString() {
        return "session of " + task.applicationName();
    }
}
