package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.BackfillWorker;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Runs the backfills that the migrations of a host have registered. */
record RegisteredBackfills(Target target, RunListener listener) {
    /** Those too with rows that could not be changed: they are tried again, as by a migration that waits. */
    void run(Host host) throws SQLException {
        var log = new OperationLog(target.connection(), target.stateSchema());
        Set<String> runs = log.exists() ? log.runsOfBackfills(host) : Set.of();
        Predicate<BackfillStatus> isOurs = status -> runs.contains(status.origin())
                && (BackfillWorker.isWaiting(status) || status.state() == BackfillState.FINISHED_WITH_FAILURES);
        List<String> names = runs.isEmpty()
                ? List.of()
                : new BackfillControl(target.stateSchema())
                        .jobs(target.connection()).stream()
                                .filter(isOurs)
                                .map(BackfillStatus::name)
                                .toList();
        if (!names.isEmpty()) {
            listener.progress("Running what migrations have registered: backfill " + String.join(", ", names));
            var engine = new BackfillEngine(target.stateSchema(), new BackfillProgress(listener));
            BackfillOutcome.throwFailures(new BackfillWorker(engine, target.connection(), target.others())
                    .forJobs(isOurs)
                    .runAll());
        }
    }
}
