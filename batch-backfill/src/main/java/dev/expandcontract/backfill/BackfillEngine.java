package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.OpenTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Runs backfills: rewrites of rows in batches along a key of the table, each batch in a transaction that commits the rows
 * and the progress together. So every row is changed exactly once, also by {@code n = n + 1}, also when the process is
 * killed; the same call goes on where it was. Any number of processes may run the same job: they take turns.
 *
 * <p><b>What is covered:</b> every row that was committed when the job began and keeps its key until the frontier has
 * passed it. Rows that are inserted, or whose key changes, while the job runs are the business of the application or of a
 * trigger: the job neither looks behind its frontier nor past the greatest key that it found at first. When another origin
 * goes on with a job, the rows that are committed then are covered as well.
 *
 * <p>The engine needs no superuser: {@code SELECT} and {@code UPDATE} on the table, and {@code CREATE} on the schema of
 * the state table when that is not there yet. It is safe for use by several threads, each with its own connection.
 */
public final class BackfillEngine {
    private final BackfillListener listener;
    private final Timing timing;
    private final StateTable stateTable;
    private final Jobs jobs;

    /** An engine that tells an SLF4J logger. */
    public BackfillEngine(Identifier stateSchema) {
        this(stateSchema, new LoggingBackfillListener());
    }

    /** @param stateSchema where {@code expand_contract_backfill} is kept; the table is created on first need */
    public BackfillEngine(Identifier stateSchema, BackfillListener listener) {
        this(stateSchema, listener, Timing.SYSTEM);
    }

    BackfillEngine(Identifier stateSchema, BackfillListener listener, Timing timing) {
        this.listener = listener;
        this.timing = timing;
        this.stateTable = new StateTable(stateSchema);
        this.jobs = new Jobs(stateTable.name());
    }

    /** As {@link #run(Connection, BackfillJob)}, on a connection of its own. */
    public BackfillResult run(ConnectionSource source, BackfillJob job) {
        try (Connection connection = source.connect()) {
            connection.setAutoCommit(true);
            return run(connection, job);
        } catch (SQLException e) {
            throw new ConfigurationProblem("No connection for backfill \"" + job.name() + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Runs a job to its end; does nothing if the same job, asked for by the same origin, has ended before. An interrupt
     * ends it after the batch at hand.
     *
     * @param connection lent, in autocommit mode; given back with the settings that it had
     * @throws InvalidOperation if the job can't be run as written, or its name belongs to an unfinished job of another
     *     definition, or its table, key or columns are not the same as before it stopped; nothing was changed
     * @throws BackfillStopped if it ended before all rows were done: interrupted, a row that can't be changed, rows that
     *     stayed locked, or a listener that threw; the same call goes on from there
     * @throws ConfigurationProblem if the connection is inside a transaction
     */
    public BackfillResult run(Connection connection, BackfillJob job) {
        requireNoTransaction(connection, job);
        var opening = new JobOpening(connection, job, stateTable, jobs);
        try {
            Optional<BackfillResult> finished = opening.finishedBefore();
            if (finished.isPresent()) {
                return finished.get();
            }
            JobOpening.Opened opened = opening.open();
            var batch = new Batch(job, jobs, opened.key(), timing);
            var run = new BackfillRun(connection, job, opened.row(), batch, listener, timing);
            return new StoppingRun(connection, job, jobs, run, batch).toTheEnd();
        } catch (SQLException e) {
            throw new BackfillStopped(
                    "Backfill \"%s\" of %s did not begin: %s. Nothing was changed; run it again"
                            .formatted(job.name(), job.table(), e.getMessage()),
                    e);
        }
    }

    /** What the state table says about a job; empty if it never began. */
    public Optional<BackfillStatus> status(Connection connection, String name) {
        try {
            return stateTable.exists(connection) ? jobs.read(connection, name).map(JobRow::status) : Optional.empty();
        } catch (SQLException e) {
            throw unreadable(name, e);
        }
    }

    /** Whether this job, of the same definition and origin, has ended. */
    public boolean isFinished(Connection connection, BackfillJob job) {
        try {
            var opening = new JobOpening(connection, job, stateTable, jobs);
            return stateTable.exists(connection)
                    && jobs.read(connection, job.name())
                            .filter(opening::isThisJobFinished)
                            .isPresent();
        } catch (SQLException e) {
            throw unreadable(job.name(), e);
        }
    }

    /**
     * What would keep the job from running, all of it at once: a {@code set} or {@code condition} that PostgreSQL does not
     * understand (with its message, and the character that it points at), no key, no rights, a name that is taken, a
     * table or column that is not the same as before the job stopped. Only reads; also inside a transaction of the caller.
     */
    public List<Problem> check(Connection connection, BackfillJob job) {
        try {
            var opening = new JobOpening(connection, job, stateTable, jobs);
            return opening.finishedBefore().isPresent() ? List.of() : opening.problems();
        } catch (SQLException e) {
            throw new StepFailed(
                    "Backfill \"%s\" of %s could not be checked: %s. Nothing was changed"
                            .formatted(job.name(), job.table(), e.getMessage()),
                    e);
        }
    }

    private StepFailed unreadable(String name, SQLException e) {
        return new StepFailed(
                "The progress of backfill \"%s\" can't be read from %s: %s"
                        .formatted(name, stateTable.name(), e.getMessage()),
                e);
    }

    private static void requireNoTransaction(Connection connection, BackfillJob job) {
        try {
            if (OpenTransaction.isOn(connection)) {
                throw new ConfigurationProblem(
                        ("Backfill \"%s\" was given a connection inside a transaction; its batches"
                                        + " would commit it. Nothing was changed: run it outside the transaction")
                                .formatted(job.name()));
            }
        } catch (SQLException e) {
            throw new ConfigurationProblem("The connection for backfill \"" + job.name() + "\" can't be used", e);
        }
    }
}
