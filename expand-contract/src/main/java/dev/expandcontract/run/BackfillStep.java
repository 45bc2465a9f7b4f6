package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.plan.Action;
import dev.expandcontract.settings.Settings;

/**
 * Runs the batches of a step. Rows that could not be changed fail it, once the others are done: what comes next counts on
 * all of them.
 *
 * @param run by which a job is known that has been asked for before
 */
record BackfillStep(Target target, String run, Settings settings, RunListener listener) {
    void run(Action.Batches batches) {
        var job = new BackfillJob(batches.name(), batches.table(), batches.work(), run, options(batches.manner()));
        var engine = new BackfillEngine(target.stateSchema(), new BackfillProgress(listener));
        BackfillResult result = engine.run(target.connection(), target.others(), job);
        if (result.rowsFailed() > 0) {
            throw new BackfillStopped(engine.failuresInWords(result));
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
