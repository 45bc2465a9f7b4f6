package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.SqlState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes one range after the other, until the job ends. Any number of workers do so side by side. */
final class Worker {
    /** How long it may take until it sees that somebody has paused the job, or a throttle wants it to wait. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** In a range: so the job's row is asked for ten times less often, and a range takes half a second or so. */
    private static final int BATCHES = 10;

    private final BackfillRun run;
    private final BackfillJob job;
    private final Session session;
    private final Claims claims;
    private final Batch batch;
    private final Division division;
    private final Timing timing;
    private final AdaptiveBatchSize size;
    private final Brake brake;
    private @Nullable Patience reconnecting;
    private volatile String at = "";

    Worker(BackfillRun run, Session session, Claims claims, Batch batch, Division division, Brake brake) {
        this.run = run;
        this.job = run.job();
        this.session = session;
        this.claims = claims;
        this.batch = batch;
        this.division = division;
        this.brake = brake;
        this.timing = run.timing();
        this.size = new AdaptiveBatchSize(job.options(), run.firstBatchSize());
    }

    Session session() {
        return session;
    }

    /** The range that it was at last, in words; empty before the first. */
    String at() {
        return at;
    }

    boolean timedOut(SQLException error) {
        return batch.timedOut(error);
    }

    /** Until the job ends; what was begun is finished or undone when somebody wants it to stop. */
    void toTheEnd() throws SQLException, InterruptedException {
        var patience = new Patience(job.options().lockBudget(), timing);
        while (true) {
            run.requireGoingOn();
            try {
                run.works(session.pid());
                brake.untilFree(session.connection());
                Claims.Found found = claims.next(session.connection(), size.rows(), size.isSettled() ? BATCHES : 1);
                patience = new Patience(job.options().lockBudget(), timing);
                run.saw(found.job());
                if (found.job().status().state().isEnd()) {
                    return;
                }
                if (found.batches().isPresent()) {
                    workOrGiveBack(found, found.batches().get());
                } else {
                    reconnecting = null;
                    timing.sleep(found.pause());
                }
                run.telling();
            } catch (SQLException e) {
                recover(e, patience);
            }
        }
    }

    private void recover(SQLException error, Patience patience) throws SQLException, InterruptedException {
        if (session.isLost(error)) {
            if (reconnecting == null) {
                reconnecting = new Patience(job.options().reconnectBudget(), timing);
            }
            session.reconnect(error, reconnecting, run::disconnected);
        } else if (isLock(error) && !patience.isSpent()) {
            Duration pause = patience.nextPause();
            run.waiting("the job's row", pause, patience.left(), Blockers.of(session.connection(), job.table(), null));
            timing.sleep(pause);
        } else {
            throw error;
        }
    }

    /** Whoever goes on need not wait for our lease. */
    private void workOrGiveBack(Claims.Found found, Batches batches) throws SQLException, InterruptedException {
        try {
            work(found, batches);
        } catch (SQLException | InterruptedException | RuntimeException e) {
            try {
                batch.giveBack(session.connection(), batches.claim());
            } catch (SQLException broken) {
                e.addSuppressed(broken);
            }
            throw e;
        }
    }

    /** One batch after the other, until it is time to see how the job stands, or the batches turn out too large. */
    private void work(Claims.Found found, Batches range) throws SQLException, InterruptedException {
        long began = timing.nanos();
        Optional<Batches> rest = next(found, range);
        while (rest.isPresent()) {
            Batches batches = rest.get();
            if (timing.since(began).compareTo(LOOK_EVERY) >= 0 || size.rows() < batches.rows() / 2) {
                batch.giveBack(session.connection(), batches.claim());
                return;
            }
            run.requireGoingOn();
            rest = next(found, batches);
        }
    }

    private Optional<Batches> next(Claims.Found found, Batches batches) throws SQLException, InterruptedException {
        at = batch.range(batches).toString();
        Optional<Batch.Done> done;
        try {
            done = batch.run(session.connection(), found.job(), batches);
        } catch (SQLException e) {
            failed(e, batches, found.isLast());
            return Optional.empty();
        }
        reconnecting = null;
        if (done.isPresent()) {
            long asked = done.get().rowsAsked();
            if (asked > size.rows() / 2) {
                size.took(Math.min(asked, size.rows()), batch.took());
            }
            run.did(done.get().rows());
            brake.rest(session.connection(), batch.worked(), found.job());
        }
        return done.flatMap(Batch.Done::rest);
    }

    private void failed(SQLException error, Batches batches, boolean isLast) throws SQLException, InterruptedException {
        if (batch.timedOut(error) && !size.isSmallest()) {
            size.timedOut();
            batch.giveBack(session.connection(), batches.claim());
        } else if (isLock(error)) {
            size.metLock();
            leave(batch.cut(session.connection(), batches), error, isLast);
        } else if (Division.isAboutRows(error)) {
            division.divide(session.connection(), batch.cut(session.connection(), batches), error)
                    .ifPresent(run::foundBadRow);
        } else {
            throw error;
        }
    }

    /** Others rows go first. */
    private void leave(Claim claim, SQLException error, boolean isLast) throws SQLException, InterruptedException {
        List<Blocker> blockers = Blockers.of(session.connection(), job.table(), batch.range(Batches.one(claim)));
        Duration budget = job.options().lockBudget();
        Duration left = budget.minus(claim.lockedFor());
        if (isLast && left.isNegative()) {
            throw new BackfillStopped(
                    "its rows stayed locked for all of the lock budget of %d ms%s; end that transaction, or wait for it"
                            .formatted(budget.toMillis(), blockers.isEmpty() ? "" : ", by " + inWords(blockers)),
                    error);
        }
        Duration pause = Patience.pause(claim.tries(), timing);
        run.waiting(at, pause, left.isNegative() ? Duration.ZERO : left, blockers);
        batch.waitFor(session.connection(), claim, pause);
    }

    private static String inWords(List<Blocker> blockers) {
        return blockers.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private static boolean isLock(SQLException e) {
        return SqlState.isAny(
                e, SqlState.LOCK_NOT_AVAILABLE, SqlState.DEADLOCK_DETECTED, SqlState.SERIALIZATION_FAILURE);
    }
}
