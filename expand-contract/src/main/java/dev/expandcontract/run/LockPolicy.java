package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.DurationText;
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
 *   <li>Wait, without queueing, until no transaction older than the lock timeout holds a conflicting lock, on the table
 *       or on one that is locked with it.
 *   <li>Try, with {@code lock_timeout} set for this transaction only, and no longer than that for all locks together.
 *   <li>On a timeout or deadlock: roll back, say who blocked, ask an autovacuum to yield, wait a random while, begin
 *       anew.
 *   <li>When the budget is spent: {@link LockNotAcquired}. There is never a try without a timeout.
 * </ol>
 */
final class LockPolicy {
    /** One try, and how to take it back. */
    interface Attempt {
        /** Waits for locks no longer than this. */
        void run(Patience patience) throws SQLException;

        void takeBack() throws SQLException;
    }

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    private final Settings settings;
    private final RunListener listener;
    private final Ticker ticker;
    private final RandomGenerator random;
    private boolean hasWarned;

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
        List<Lock> all = LockReach.of(connection, locks);
        int pid = Sessions.pid(connection);
        boolean isWatched = false;
        for (int tries = 1; ; tries++) {
            awaitHolders(step, all, connection, start);
            TryWatch watch = TryWatch.start(observer, pid, patience(all, connection, isWatched));
            SQLException failure = tryOnce(attempt, watch);
            if (failure == null) {
                return;
            }
            isWatched = watch.canEnd();
            List<Blocker> blockers = watch.blockersOr(connection, all);
            Duration pause = backoff.next();
            if (ticker.since(start).plus(pause).compareTo(settings.lockBudget()) > 0) {
                throw notAcquired(step, locks, blockers, failure);
            }
            listener.lockWait(new LockWait(step, locks, blockers, tries, ticker.since(start), pause));
            Autovacuum.askToYield(connection, all, blockers);
            sleep(step, pause);
        }
    }

    /** Null when it succeeded; else what PostgreSQL said when a lock could not be had. Whatever fails is taken back. */
    private static @Nullable SQLException tryOnce(Attempt attempt, TryWatch watch) throws SQLException {
        try (watch) {
            attempt.run(watch.patience());
            return null;
        } catch (SQLException e) {
            takeBack(attempt, e);
            if (!watch.isLockFailure(e)) {
                throw e;
            }
            return e;
        } catch (RuntimeException e) {
            takeBack(attempt, e);
            throw e;
        }
    }

    private void awaitHolders(String step, List<Lock> locks, Connection connection, long start) throws SQLException {
        HolderAges ages = new HolderAges(settings.lockTimeout(), ticker);
        Duration told = Duration.ZERO;
        for (int looks = 1; ; looks++) {
            List<Blocker> holders = Sessions.blockers(ages.old(Sessions.holders(connection, locks)));
            if (holders.isEmpty()) {
                return;
            }
            Duration waited = ticker.since(start);
            if (waited.compareTo(settings.lockBudget()) > 0) {
                throw notAcquired(step, locks, holders, null);
            }
            if (looks == 1 || waited.minus(told).compareTo(Duration.ofSeconds(10)) >= 0) {
                listener.lockWait(new LockWait(step, locks, holders, 0, waited, LOOK_INTERVAL));
                warnOfHidden(holders);
                told = waited;
            }
            sleep(step, LOOK_INTERVAL);
        }
    }

    private void warnOfHidden(List<Blocker> holders) {
        if (!hasWarned && holders.stream().anyMatch(Sessions::isHidden)) {
            hasWarned = true;
            listener.warning(
                    "This role may not see since when other roles' transactions are open, so each one that holds"
                            + " a lock when we first look is taken for old and waited for. With GRANT pg_monitor only old ones"
                            + " are.");
        }
    }

    /**
     * Who queues behind the first lock waits on while we wait for the second. So the locks share the lock timeout, unless
     * the try is watched and will be ended when they have used it up together. It also keeps us below deadlock_timeout
     * while we hold one lock and wait for another. A shorter statement_timeout must not come first.
     */
    private Patience patience(List<Lock> locks, Connection connection, boolean isWatched) throws SQLException {
        long statementTimeout = Sessions.milliseconds(connection, "statement_timeout");
        long belowIt = statementTimeout == 0 ? Long.MAX_VALUE : statementTimeout * 8 / 10;
        long whole = Math.max(1, Math.min(settings.lockTimeout().toMillis(), belowIt));
        long each = isWatched ? whole : Math.max(1, whole / Math.max(1, locks.size()));
        return new Patience(Duration.ofMillis(whole), Duration.ofMillis(each));
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
                                DurationText.rounded(settings.lockBudget()),
                                who),
                blockers,
                cause);
    }

    private static void takeBack(Attempt attempt, Exception error) {
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
