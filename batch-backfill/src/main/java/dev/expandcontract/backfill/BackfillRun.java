package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Takes one batch after the other until the job is finished. */
final class BackfillRun {
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final Connection connection;
    private final BackfillJob job;
    private final BackfillListener listener;
    private final Timing timing;
    private final Batch batch;
    private final AdaptiveBatchSize size;
    private final long began;
    private long told;
    private JobRow row;
    private long rowsNow;
    private long batchesNow;

    BackfillRun(
            Connection connection, BackfillJob job, JobRow row, Batch batch, BackfillListener listener, Timing timing) {
        this.connection = connection;
        this.job = job;
        this.row = row;
        this.batch = batch;
        this.listener = listener;
        this.timing = timing;
        this.size = new AdaptiveBatchSize(job.options(), row.status().batchSize());
        this.began = timing.nanos();
        this.told = began;
    }

    /** The job as it was last committed. */
    JobRow row() {
        return row;
    }

    BackfillResult toTheEnd() throws SQLException, InterruptedException {
        listener.started(row.status());
        while (!row.isFinished()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            nextBatch();
            if (timing.since(told).compareTo(TELL_EVERY) >= 0) {
                told = timing.nanos();
                listener.progress(row.status());
            }
        }
        var result = new BackfillResult(
                job.name(), job.table(), row.status().rowsDone(), rowsNow, batchesNow, timing.since(began));
        listener.finished(result);
        return result;
    }

    private void nextBatch() throws SQLException, InterruptedException {
        var patience = new Patience(job.options().lockBudget(), timing);
        while (true) {
            long start = timing.nanos();
            int rows = size.rows();
            try {
                count(batch.run(connection, rows), rows, timing.since(start));
                return;
            } catch (SQLException e) {
                if (batch.timedOut(e) && !size.isSmallest()) {
                    size.timedOut();
                } else if (isLock(e)) {
                    size.metLock();
                    waitForLock(patience, e);
                } else {
                    throw e;
                }
            }
        }
    }

    private void count(Batch.Done done, int rowsWanted, Duration time) {
        row = done.job();
        if (done.rowsPassed() > 0) {
            rowsNow += done.rowsChanged();
            batchesNow++;
        }
        if (done.rowsPassed() == rowsWanted) {
            size.took(rowsWanted, time);
        }
    }

    private void waitForLock(Patience patience, SQLException error) throws InterruptedException {
        List<Blocker> blockers = Blockers.of(connection, job.table(), batch.range());
        if (patience.isSpent()) {
            throw new BackfillStopped(
                    "its rows stayed locked for all of the lock budget of %d ms%s; end that transaction, or wait for it"
                            .formatted(
                                    job.options().lockBudget().toMillis(),
                                    blockers.isEmpty() ? "" : ", by " + inWords(blockers)),
                    error);
        }
        Duration pause = patience.nextPause();
        String range = batch.range() == null ? "the job's row" : batch.range().toString();
        listener.waiting(new BackfillWait(job.name(), job.table(), range, pause, patience.left(), blockers));
        timing.sleep(pause);
    }

    private static String inWords(List<Blocker> blockers) {
        return blockers.stream().map(Object::toString).collect(Collectors.joining("; "));
    }

    private static boolean isLock(SQLException e) {
        return SqlState.isAny(
                e, SqlState.LOCK_NOT_AVAILABLE, SqlState.DEADLOCK_DETECTED, SqlState.SERIALIZATION_FAILURE);
    }
}
