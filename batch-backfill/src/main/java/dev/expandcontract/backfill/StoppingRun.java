package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.ServerMessage;
import java.sql.SQLException;
import java.time.Duration;

/** A run whose every end is told in the same way, and noted in the job's row. */
final class StoppingRun {
    private final BackfillJob job;
    private final Jobs jobs;
    private final BackfillRun run;
    private final Workers workers;

    StoppingRun(BackfillJob job, Jobs jobs, BackfillRun run, Workers workers) {
        this.job = job;
        this.jobs = jobs;
        this.run = run;
        this.workers = workers;
    }

    BackfillResult toTheEnd() {
        try {
            run.started();
            workers.toTheEnd();
            return run.finished();
        } catch (InterruptedException e) {
            BackfillStopped stopped = stopped("it was interrupted", e);
            Thread.currentThread().interrupt();
            throw stopped;
        } catch (SQLException e) {
            throw stopped(inWords(e), e);
        } catch (BackfillStopped e) {
            throw stopped(String.valueOf(e.getMessage()), e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException e) {
            if (run.row().status().state().isEnd()) {
                throw e;
            }
            throw stopped("the listener, or the engine itself, threw " + e, e);
        }
    }

    private String inWords(SQLException e) {
        return ServerMessage.of(e) + " (SQLSTATE " + e.getSQLState() + ")"
                + (workers.timedOut(e) ? ": even the smallest batch takes longer than batchTimeout" : "");
    }

    private BackfillStopped stopped(String reason, Throwable cause) {
        BackfillStatus status = statusNow();
        String where = workers.at().isEmpty() ? "" : " at " + workers.at();
        BackfillStopped stopped = new BackfillStopped(
                ("Backfill \"%s\" of %s stopped%s: %s. %d rows of about %d are done and stay done; the rest is as it was."
                                + " When the reason is mended, run the same again: it goes on from there")
                        .formatted(job.name(), job.table(), where, reason, status.rowsPassed(), status.rowsEstimated()),
                cause);
        note(stopped, reason + where);
        return stopped;
    }

    /** As far as it can be read; else as it was when the last range was claimed. */
    private BackfillStatus statusNow() {
        try {
            return jobs.read(workers.connection(), job.name()).orElse(run.row()).status();
        } catch (SQLException e) {
            return run.row().status();
        }
    }

    private void note(BackfillStopped stopped, String error) {
        try {
            Transactions.write(workers.connection(), LocalSettings.waitingUpTo(Duration.ofSeconds(1)), c -> {
                jobs.stop(c, job, error);
                return true;
            });
        } catch (SQLException e) {
            stopped.addSuppressed(e);
        }
    }
}
