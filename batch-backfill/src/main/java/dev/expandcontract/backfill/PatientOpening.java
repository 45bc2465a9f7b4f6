package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import java.sql.SQLException;

/** Opens a job for a run, on another connection where one breaks meanwhile, if there is a source of them. */
final class PatientOpening {
    private final BackfillJob job;
    private final StateTable stateTable;
    private final Jobs jobs;
    private final BackfillListener listener;

    /** A part of the opening that may be done again from its beginning. */
    @FunctionalInterface
    interface Step<T> {
        T of(JobOpening opening) throws SQLException;
    }

    PatientOpening(BackfillJob job, StateTable stateTable, Jobs jobs, BackfillListener listener) {
        this.job = job;
        this.stateTable = stateTable;
        this.jobs = jobs;
        this.listener = listener;
    }

    /** @throws BackfillStopped if it could not be done */
    <T> T on(Session session, Step<T> step) {
        try {
            return session.patiently(
                    job.options().reconnectBudget(),
                    (pause, reason) -> listener.disconnected(job.name(), String.valueOf(reason.getMessage()), pause),
                    connection -> step.of(new JobOpening(connection, job, stateTable, jobs)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notBegun("it was interrupted", e);
        } catch (SQLException e) {
            throw notBegun(String.valueOf(e.getMessage()), e);
        } catch (BackfillStopped e) {
            throw notBegun(String.valueOf(e.getMessage()), e.getCause() == null ? e : e.getCause());
        }
    }

    private BackfillStopped notBegun(String reason, Throwable cause) {
        return new BackfillStopped(
                "Backfill \"%s\" of %s did not begin: %s. Nothing was changed; run it again"
                        .formatted(job.name(), job.table(), reason),
                cause);
    }
}
