package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Runs the batches of a step, or registers them for others to run. Rows that could not be changed, or were found undone,
 * fail a step that runs them, once the others are done: what comes next counts on all of them.
 *
 * @param journal notes what was registered
 * @param run by which a job is known that has been asked for before
 * @param whoRuns what is registered, in words
 */
record BackfillStep(
        Target target, Journal journal, String run, Settings settings, RunListener listener, String whoRuns) {
    /** From so many rows on a migration need not wait where there is a worker: some ten seconds. */
    private static final long LARGE = 100_000;

    void run(Action.Batches batches) throws SQLException {
        Action.Manner manner = batches.manner();
        var job = new BackfillJob(batches.name(), batches.table(), batches.work(), run, options(manner));
        var engine = new BackfillEngine(target.stateSchema(), new BackfillProgress(listener));
        if (isForOthers(manner.mode() != null ? manner.mode() : settings.backfillMode(), engine, batches)) {
            new Registration(engine, listener, whoRuns).tell(engine.register(target.connection(), job));
            journal.step(RegisteredRun.step(job.name()));
            return;
        }
        BackfillResult result = engine.run(target.connection(), target.others(), job);
        if (result.state() != BackfillState.FINISHED) {
            throw new BackfillStopped(engine.failuresInWords(result));
        }
    }

    void await(Action.AwaitBackfill action, Ticker ticker) throws SQLException, InterruptedException {
        Duration timeout = action.timeout();
        new AwaitedBackfill(this, ticker).await(action.name(), timeout == null ? settings.lockBudget() : timeout);
    }

    /** On a new database nobody is to be waited for: all migrations run there one after the other, without rows. */
    private boolean isForOthers(BackfillMode mode, BackfillEngine engine, Action.Batches batches) throws SQLException {
        return switch (mode) {
            case INLINE -> false;
            case BACKGROUND -> hasRows(batches.table());
            case AUTO ->
                settings.hasBackfillWorker() && engine.estimatedRows(target.connection(), batches.table()) >= LARGE;
        };
    }

    private boolean hasRows(QualifiedName table) throws SQLException {
        try (Statement statement = target.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM " + table.sql() + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private BackfillOptions options(Action.Manner manner) {
        return settings.backfill().with(options -> {
            options.axis(manner.axis());
            if (manner.workers() != null) {
                options.workers(manner.workers());
            }
            if (manner.speed() != null) {
                options.speed(manner.speed());
            }
        });
    }
}
