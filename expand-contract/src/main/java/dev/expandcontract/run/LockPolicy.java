package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.settings.Durations;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How we ask for a lock that blocks the application.
 *
 * <ol>
 *   <li>Wait, without queueing, until no transaction older than the lock timeout holds a conflicting lock.
 *   <li>Try, with {@code lock_timeout} set for this transaction only.
 *   <li>On a timeout or deadlock: roll back, say who blocked, ask an autovacuum to yield, wait a random while, begin
 *       anew.
 *   <li>When the budget is spent: {@link LockNotAcquired}. There is never a try without a timeout.
 * </ol>
 */
final class LockPolicy {
    /** One try, and how to take it back. */
    interface Attempt {
        /** Runs with this {@code lock_timeout}. */
        void run(Duration lockTimeout) throws SQLException;

        void takeBack() throws SQLException;
    }

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    private final Settings settings;
    private final RunListener listener;
    private final Ticker ticker;
    private final RandomGenerator random;

    LockPolicy(Settings settings, RunListener listener, Ticker ticker, RandomGenerator random) {
        this.settings = settings;
        this.listener = listener;
        this.ticker = ticker;
        this.random = random;
    }

    /** Runs the attempt until it succeeds, fails for another reason than a lock, or the budget is spent. */
    void run(String step, List<Lock> locks, Connection connection, Observer observer, Attempt attempt)
            throws SQLException {
        long start = ticker.nanoTime();
        Backoff backoff = new Backoff(random);
        Duration timeout = timeoutPerLock(locks, connection);
        for (int tries = 1; ; tries++) {
            awaitHolders(step, locks, connection, start);
            BlockerWatch watch = BlockerWatch.start(observer, connection, timeout);
            try {
                attempt.run(timeout);
                return;
            } catch (SQLException e) {
                takeBack(attempt, e);
                if (!SqlState.isAny(e, SqlState.LOCK_NOT_AVAILABLE, SqlState.DEADLOCK_DETECTED)) {
                    throw e;
                }
                List<Blocker> blockers = watch.blockersOr(connection, locks);
                Duration pause = backoff.next();
                if (ticker.since(start).plus(pause).compareTo(settings.lockBudget()) > 0) {
                    throw notAcquired(step, locks, blockers, e);
                }
                listener.lockWait(new LockWait(step, locks, blockers, tries, ticker.since(start), pause));
                Autovacuum.askToYield(connection, locks, blockers);
                sleep(step, pause);
            } finally {
                watch.close();
            }
        }
    }

    private void awaitHolders(String step, List<Lock> locks, Connection connection, long start) throws SQLException {
        Duration told = Duration.ZERO;
        for (int looks = 1; ; looks++) {
            List<Blocker> holders = Sessions.holders(connection, locks, settings.lockTimeout());
            if (holders.isEmpty()) {
                return;
            }
            Duration waited = ticker.since(start);
            if (waited.compareTo(settings.lockBudget()) > 0) {
                throw notAcquired(step, locks, holders, null);
            }
            if (looks == 1 || waited.minus(told).compareTo(Duration.ofSeconds(10)) >= 0) {
                listener.lockWait(new LockWait(step, locks, holders, 0, waited, LOOK_INTERVAL));
                told = waited;
            }
            sleep(step, LOOK_INTERVAL);
        }
    }

    /**
     * PostgreSQL counts lock_timeout anew for each lock, and who waits for the first one waits on while we wait for the
     * second: so that nobody queues behind a try for longer than the lock timeout, the locks share it. It also keeps us
     * below deadlock_timeout while we hold one lock and wait for another. A shorter statement_timeout must not come first.
     */
    private Duration timeoutPerLock(List<Lock> locks, Connection connection) throws SQLException {
        long share = settings.lockTimeout().toMillis() / Math.max(1, locks.size());
        long statementTimeout = Sessions.milliseconds(connection, "statement_timeout");
        long belowIt = statementTimeout == 0 ? Long.MAX_VALUE : statementTimeout * 8 / 10;
        return Duration.ofMillis(Math.max(1, Math.min(share, belowIt)));
    }

    private LockNotAcquired notAcquired(
            String step, List<Lock> locks, List<Blocker> blockers, @Nullable SQLException cause) {
        String who = blockers.isEmpty()
                ? "who held it could not be seen"
                : "held by "
                        + String.join(
                                "; ", blockers.stream().map(Blocker::toString).toList());
        return new LockNotAcquired(
                "%s: no %s within %s; %s. This step changed nothing, earlier steps stay done. End those transactions, then run the migration again: it goes on from here."
                        .formatted(
                                step,
                                String.join(
                                        ", ", locks.stream().map(Lock::toString).toList()),
                                Durations.text(settings.lockBudget()),
                                who),
                blockers,
                cause);
    }

    private static void takeBack(Attempt attempt, SQLException error) {
        try {
            attempt.takeBack();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    private void sleep(String step, Duration pause) {
        try {
            ticker.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailed(step + ": interrupted while waiting for a lock; the step changed nothing", e);
        }
    }
}
