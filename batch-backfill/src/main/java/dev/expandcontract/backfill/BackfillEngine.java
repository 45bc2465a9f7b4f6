package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs backfills: work on the rows of a table in batches, each in a transaction that commits the rows and the progress
 * together. So every row is changed exactly once, also by {@code n = n + 1}, also when the process is killed; the same call
 * goes on where it was. Any number of processes, each with any number of workers, may run the same job: they share it.
 *
 * <p><b>What is covered:</b> without a condition, every row that was committed when its part of the table was begun, and
 * keeps its key until the frontier has passed it; rows that come later are the business of the application or of a trigger.
 * With a condition, sweeps follow until one finds no more rows for which it holds.
 *
 * <p>The engine needs no superuser: {@code SELECT} and {@code UPDATE} on the table (and on its partitions), and
 * {@code CREATE} on the schema of the state tables when they are not there yet. It is safe for use by several threads, each
 * with its own connection.
 */
public final class BackfillEngine {
    private final BackfillListener listener;
    private final Timing timing;
    private final StateTable stateTable;
    private final Jobs jobs;
    private final BackfillControl control;

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
        this.jobs = new Jobs(stateTable);
        this.control = new BackfillControl(stateSchema);
    }

    /**
     * Runs a job to its end, with all its workers; does nothing if the same job, asked for by the same origin, has ended
     * before. A connection that breaks is made anew, also while the job is opened. An interrupt ends it after the batches at hand.
     *
     * @throws InvalidOperation if the job can't be run as written, or its name belongs to an unfinished job of another
     *     definition, or its table, key or columns are not the same as before it stopped; nothing was changed
     * @throws BackfillStopped if it ended before all rows were tried: interrupted, cancelled, rows that stayed locked, a
     *     server that did not come back, or a listener that threw; the same call goes on from there
     * @throws ConfigurationProblem if there is no connection
     */
    public BackfillResult run(ConnectionSource source, BackfillJob job) {
        return whole(new Connections(null, source), job).toTheEnd();
    }

    /**
     * As {@link #run(ConnectionSource, BackfillJob)}, with one worker on one connection.
     *
     * @param connection lent, in autocommit mode; given back with the settings that it had
     * @throws ConfigurationProblem if the connection is inside a transaction
     */
    public BackfillResult run(Connection connection, BackfillJob job) {
        return run(connection, null, job);
    }

    /**
     * As {@link #run(ConnectionSource, BackfillJob)}, with one worker on a connection that was lent.
     *
     * @param others connections of the other workers; null where there are none, then the first works alone
     */
    public BackfillResult run(Connection connection, @Nullable ConnectionSource others, BackfillJob job) {
        return whole(new Connections(connection, others), job).toTheEnd();
    }

    WholeRun whole(Connections connections, BackfillJob job) {
        return new WholeRun(job, stateTable, jobs, listener, timing, connections);
    }

    /**
     * Enters a job in state {@link BackfillState#REGISTERED}, so that another process may run it. Nothing happens where
     * the same job is there already, whatever its state; one that another origin has begun is to go on, up to the rows that
     * are there now. Inside a transaction of the caller it becomes a part of that.
     *
     * @throws InvalidOperation if {@link #check} finds a problem
     * @throws StepFailed if the state table can't be written
     */
    public BackfillStatus register(Connection connection, BackfillJob job) {
        return opening(
                connection,
                job,
                "registered",
                opening -> opening.finishedBefore().isPresent()
                        ? jobs.read(connection, job.name()).orElseThrow().status()
                        : opening.register());
    }

    /**
     * A job as it was entered in the state table, to be run from there.
     *
     * @throws InvalidOperation if there is none of this name; it suggests the nearest
     * @throws ConfigurationProblem if its options are of another release
     */
    public BackfillJob job(Connection connection, String name) {
        return stateTable.told(
                "read",
                () -> new NamedJobs(stateTable, jobs).read(connection, name).job());
    }

    /** What the state table says about a job; empty if it never began. */
    public Optional<BackfillStatus> status(Connection connection, String name) {
        return stateTable.told("read", () -> jobs.read(connection, name).map(JobRow::status));
    }

    /** Rows of a table, as PostgreSQL's planner estimates them. */
    public long estimatedRows(Connection connection, QualifiedName table) {
        try {
            return TableFacts.estimatedRows(connection, table);
        } catch (SQLException e) {
            throw new StepFailed("Rows of " + table + " could not be estimated: " + e.getMessage(), e);
        }
    }

    /** For the jobs of its state table. */
    BackfillControl control() {
        return control;
    }

    BackfillListener listener() {
        return listener;
    }

    Timing timing() {
        return timing;
    }

    /** The jobs that are to fill a column and are not finished, or finished with failures. */
    public List<BackfillStatus> unfinished(Connection connection, QualifiedName table, Identifier column) {
        return stateTable.told(
                "read",
                () -> new NamedJobs(stateTable, jobs)
                        .unfinished(connection, table, column).stream()
                                .map(JobRow::status)
                                .toList());
    }

    /** Whether this job, of the same definition and origin, has ended. */
    public boolean isFinished(Connection connection, BackfillJob job) {
        return stateTable.told(
                "read",
                () -> jobs.read(connection, job.name())
                        .filter(row -> row.isFinishedOf(job))
                        .isPresent());
    }

    /**
     * What would keep the job from running, all of it at once: a {@code set} or {@code condition} that PostgreSQL does not
     * understand (with its message, and the character that it points at), no key, no rights, a name that is taken, a
     * table or column that is not the same as before the job stopped. Only reads; also inside a transaction of the caller.
     */
    public List<Problem> check(Connection connection, BackfillJob job) {
        return opening(
                connection,
                job,
                "checked",
                opening -> opening.finishedBefore().isPresent() ? List.of() : opening.problems());
    }

    private <T> T opening(Connection connection, BackfillJob job, String verb, PatientOpening.Step<T> step) {
        try {
            return step.of(new JobOpening(connection, job, stateTable, jobs));
        } catch (SQLException e) {
            throw new StepFailed(
                    "Backfill \"%s\" of %s could not be %s: %s. Nothing was changed"
                            .formatted(job.name(), job.table(), verb, e.getMessage()),
                    e);
        }
    }

    /** What is to be done about rows that could not be changed, or were found undone. */
    public String failuresInWords(BackfillResult result) {
        return result.failuresInWords(stateTable.ranges());
    }
}
