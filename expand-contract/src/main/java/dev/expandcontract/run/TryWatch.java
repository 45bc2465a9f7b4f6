package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Watches one try from outside while it waits: notes who blocks it, and cancels it when its waits for one lock after the
 * other come to more than its patience. Who queues behind the first lock waits through all of them.
 */
final class TryWatch implements AutoCloseable {
    private static final String OWN_WAIT = """
            SELECT l.waitstart::text, extract(epoch FROM clock_timestamp() - l.waitstart)::float8, a.usename = session_user
            FROM pg_stat_activity a LEFT JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
            WHERE a.pid = ?
            """;

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

    private final int pid;
    private final Patience patience;
    private final Duration interval;
    private final Future<?> looks;

    private volatile List<Blocker> seen = List.of();
    private volatile boolean canEnd;
    /** These two are guarded by this. */
    private boolean isOver;

    private boolean isEnded;

    /** These are touched by the observer's thread only. */
    private long lastLook = System.nanoTime();

    private Duration waited = Duration.ZERO;
    private @Nullable String firstWait;
    private @Nullable String lastWait;

    private TryWatch(Observer observer, int pid, Patience patience) {
        this.pid = pid;
        this.patience = patience;
        this.interval = interval(patience);
        this.looks = observer.every(interval, this::look);
    }

    static TryWatch start(Observer observer, int pid, Patience patience) {
        return new TryWatch(observer, pid, patience);
    }

    /** Often enough to see a wait for each single lock. */
    private static Duration interval(Patience patience) {
        Duration tenth = patience.whole().dividedBy(10);
        Duration half = patience.each().dividedBy(2);
        Duration shorter = tenth.compareTo(half) < 0 ? tenth : half;
        return shorter.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : shorter;
    }

    Patience patience() {
        return patience;
    }

    /** Whether it has looked and may cancel the try, so that each lock may be waited for as long as all of them. */
    boolean canEnd() {
        return canEnd;
    }

    /** Whether this error comes from a lock that could not be had, by PostgreSQL's clock or by ours. */
    synchronized boolean isLockFailure(SQLException e) {
        return SqlState.isAny(e, SqlState.LOCK_NOT_AVAILABLE, SqlState.DEADLOCK_DETECTED)
                || (isEnded && SqlState.QUERY_CANCELED.matches(e));
    }

    /** Who was seen; else, who holds a conflicting lock now. */
    List<Blocker> blockersOr(Connection connection, List<Lock> locks) throws SQLException {
        List<Blocker> blockers = seen;
        return blockers.isEmpty() ? Sessions.blockers(Sessions.holders(connection, locks)) : blockers;
    }

    @Override
    public synchronized void close() {
        isOver = true;
        looks.cancel(false);
    }

    private void look(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OWN_WAIT)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    canEnd = row.getBoolean(3);
                    note(connection, row.getString(1), Duration.ofMillis((long) (row.getDouble(2) * 1000)));
                }
            }
        }
    }

    /**
     * Who waits now and waited at the last look has waited ever since, be it for another lock.
     *
     * @param wait the moment at which the present wait began; null if there is none
     */
    private void note(Connection connection, @Nullable String wait, Duration age) throws SQLException {
        long now = System.nanoTime();
        Duration sinceLastLook = Duration.ofNanos(now - lastLook);
        if (wait != null) {
            boolean isWholly = lastWait != null || age.compareTo(sinceLastLook) > 0;
            waited = waited.plus(isWholly ? sinceLastLook : age);
            firstWait = firstWait == null ? wait : firstWait;
            if (!wait.equals(lastWait)) {
                noteBlockers(connection);
            }
            // A single wait is ended by lock_timeout; ended a look too early is better than too late.
            if (!wait.equals(firstWait) && waited.plus(interval).compareTo(patience.whole()) >= 0) {
                end(connection);
            }
        }
        lastLook = now;
        lastWait = wait;
    }

    private void noteBlockers(Connection connection) throws SQLException {
        List<Blocker> blockers = Sessions.blockersOf(connection, pid);
        synchronized (this) {
            if (!isOver && !blockers.isEmpty()) {
                seen = blockers;
            }
        }
    }

    /** While we hold the monitor the try can't be followed by anything else that the signal might hit. */
    private synchronized void end(Connection connection) throws SQLException {
        if (isOver || isEnded || !canEnd) {
            return;
        }
        isEnded = true;
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE pid = ? AND NOT granted")) {
            statement.setInt(1, pid);
            statement.executeQuery().close();
        }
    }
}
