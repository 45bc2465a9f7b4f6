package dev.expandcontract.run;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.Sql;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place that executes operations.
 *
 * <ol>
 *   <li>Plan: reads the catalogue, reports every problem before anything is changed.
 *   <li>Each step: skipped when the catalogue shows it done; else run, short ones under the lock policy.
 *   <li>{@code expand_contract_operation} says how far it came. Killed anywhere, the next run finishes it.
 * </ol>
 *
 * <p>For one thread at a time.
 */
public final class Runner {
    private final Settings settings;
    private final RunListener listener;
    private final String whoRunsBackfills;
    private final Ticker ticker = Ticker.system();

    /** A runner in a host that does not run the backfills which are registered. */
    public Runner(Settings settings, RunListener listener) {
        this(
                settings,
                listener,
                "nothing runs it by itself; run `backfill work` on the command line, or a BackfillWorker in Java");
    }

    /** @param whoRunsBackfills that are registered, in words, where no worker is said to do so */
    public Runner(Settings settings, RunListener listener, String whoRunsBackfills) {
        this.settings = settings;
        this.listener = listener;
        this.whoRunsBackfills = settings.hasBackfillWorker()
                ? "a worker of another process runs it, as expandcontract.backfill.worker says"
                : whoRunsBackfills;
    }

    /** What the operation comes to on this database; reads only. */
    public Plan plan(Connection connection, Operation operation) {
        Server.check(connection, listener);
        return operation.plan(Catalog.of(connection));
    }

    /**
     * Runs the operation; running it again changes nothing.
     *
     * @throws ExpandContractException of the kind that says what went wrong
     */
    public void run(Target target, Origin origin, Operation operation) {
        run(target, origin, operation, () -> {
            Catalog catalog = Catalog.of(target.connection());
            Plan plan = operation.plan(catalog);
            UnfinishedBackfills.refuse(
                    target,
                    operation,
                    name -> catalog.table(name).map(Table::name).orElse(name));
            return plan;
        });
    }

    /**
     * Runs a statement that PostgreSQL runs outside transactions only. Killed between the statement and the note that it
     * is done, it is run a second time.
     *
     * @throws ExpandContractException of the kind that says what went wrong
     */
    public void runOutsideTransaction(Target target, Origin origin, Sql statement) {
        run(target, origin, statement, statement::planOutsideTransaction);
    }

    /**
     * Runs these statements in one transaction under the lock policy; the note that they are done is committed with it.
     *
     * @param statements one each, since the driver can't always tell where one of several ends
     * @param asWritten the same before the host has replaced placeholders, whose values may be others in the next run
     * @throws ExpandContractException of the kind that says what went wrong
     */
    public void runInTransaction(Target target, Origin origin, List<String> statements, List<String> asWritten) {
        run(
                target,
                origin,
                Sql.of(asWritten),
                () -> Sql.of(statements).plan(Catalog.of(target.connection()), statements));
    }

    /**
     * An attribute of this statement as an earlier run has begun it that the host did not get to record; empty if none
     * has.
     */
    public Optional<String> begun(Target target, Origin origin, String attribute) {
        OperationLog log = new OperationLog(target.connection(), target.stateSchema());
        try {
            return log.exists() ? log.begun(origin, attribute) : Optional.empty();
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    /**
     * Runs the backfills that migrations of this host have registered, as far as they are not finished; does nothing where
     * a worker of another process does so. To be called when the host's migrations are done, and holds no lock of its.
     *
     * @throws ExpandContractException the first failure, when each had its turn; the next call goes on with what is left
     */
    public void runRegistered(Target target, Host host) {
        if (settings.hasBackfillWorker()) {
            return;
        }
        try {
            new RegisteredBackfills(target, listener).run(host);
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    private void run(Target target, Origin origin, Operation operation, Supplier<Plan> planning) {
        Server.check(target.connection(), listener);
        OperationLog log = new OperationLog(target.connection(), target.stateSchema());
        try {
            if (log.exists() && origin.position() > 0 && log.isDone(origin, Fingerprint.of(operation))) {
                listener.progress(origin + " was done by an earlier run");
                return;
            }
            Plan plan = planning.get();
            log.create();
            boolean recorded = log.isDone(origin, Fingerprint.of(operation));
            long id = log.begin(origin, operation);
            run(target, origin, plan, new Journal(log, id, recorded));
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    /** Takes the operation back, as far as its plan can; but not what was there before the migration ran it. */
    public void undo(Target target, Origin origin, Operation operation) {
        Server.check(target.connection(), listener);
        OperationLog log = new OperationLog(target.connection(), target.stateSchema());
        try {
            if (log.exists() && log.didNothing(origin, operation)) {
                listener.warning(origin + " found everything there when it ran, and so leaves it there");
                return;
            }
            Plan undo = operation.plan(Catalog.of(target.connection())).undo();
            log.create();
            log.recorded(origin.host(), List.of(origin.migration()));
            run(target, origin, undo, new Journal(log, log.beginUndo(origin, operation), false));
            log.recorded(origin.host(), List.of(origin.migration()));
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    /**
     * Tells that the host's history holds these migrations, so that what is noted about them no longer stands for a
     * later run; all of the host's when null.
     */
    public void recorded(Target target, Host host, @Nullable Collection<String> migrations) {
        OperationLog log = new OperationLog(target.connection(), target.stateSchema());
        try {
            if (log.exists()) {
                log.recorded(host, migrations);
            }
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    /** Migrations of this host that ran here, in whole or in part, and are not known to be in its history. */
    public List<String> unrecorded(Target target, Host host) {
        OperationLog log = new OperationLog(target.connection(), target.stateSchema());
        try {
            return log.exists() ? log.unrecorded(host) : List.of();
        } catch (SQLException e) {
            throw StateTables.unusable(target.stateSchema(), e);
        }
    }

    private void run(Target target, Origin origin, Plan plan, Journal journal) throws SQLException {
        long start = ticker.nanoTime();
        listener.planned(plan);
        try (Observer observer = new Observer(target.others())) {
            LockPolicy policy = new LockPolicy(settings, listener, ticker, new Random());
            BackfillStep backfills =
                    new BackfillStep(target, journal, journal.run(origin), settings, listener, whoRunsBackfills);
            StepRunner steps = new StepRunner(target, backfills, listener, policy, observer, ticker);
            for (Step step : plan.steps()) {
                run(plan, step, steps, journal);
            }
            journal.done();
        } catch (ExpandContractException e) {
            journal.failed(e);
            throw e;
        }
        listener.done(plan, ticker.since(start));
    }

    private void run(Plan plan, Step step, StepRunner steps, Journal journal) {
        try {
            if (steps.isDone(step) || (journal.isRecorded() && step.doneWhen() instanceof DoneWhen.Recorded)) {
                listener.stepSkipped(plan, step);
                return;
            }
            long start = ticker.nanoTime();
            journal.step(step.description());
            listener.stepStarted(plan, step);
            steps.run(step, step.doneWhen() instanceof DoneWhen.Recorded ? journal::done : () -> {});
            listener.stepDone(plan, step, ticker.since(start));
        } catch (SQLException e) {
            throw Failure.of(step, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailed(step.description() + ": interrupted; the next run goes on from here", e);
        }
    }
}
