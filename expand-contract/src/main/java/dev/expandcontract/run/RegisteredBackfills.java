package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillPhase;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.SqlState;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Runs the backfills that the migrations of a host have registered. */
record RegisteredBackfills(Target target, RunListener listener) {
    /** Those too with rows that could not be changed: they are tried again, as by a migration that waits. */
    void run(Host host) throws SQLException {
        Set<RegisteredRun> registered = registered(host);
        if (registered.isEmpty()) {
            return;
        }
        Predicate<BackfillStatus> isOurs = status -> registered.contains(RegisteredRun.of(status));
        run(isOurs.and(RegisteredBackfills::isLeftToDo));
        jobs().filter(isOurs.and(RegisteredBackfills::isHeld)).forEach(this::warn);
    }

    private void run(Predicate<BackfillStatus> wanted) {
        List<String> names = jobs().filter(wanted).map(BackfillStatus::name).toList();
        if (!names.isEmpty()) {
            listener.progress("Running what migrations have registered: backfill " + String.join(", ", names));
            var engine = new BackfillEngine(target.stateSchema(), new BackfillProgress(listener));
            BackfillOutcome.throwFailures(new BackfillWorker(engine, target.connection(), target.others())
                    .forJobs(wanted)
                    .runAll());
        }
    }

    private Stream<BackfillStatus> jobs() {
        return new BackfillControl(target.stateSchema()).jobs(target.connection()).stream();
    }

    /** What a person has begun to verify, after its end, is that person's. */
    private static boolean isLeftToDo(BackfillStatus status) {
        boolean isVerifiedByAPerson = status.phase() == BackfillPhase.VERIFY && status.finishedAt() != null;
        return status.state() == BackfillState.FINISHED_WITH_FAILURES
                || (BackfillWorker.isWaiting(status) && !isVerifiedByAPerson);
    }

    private static boolean isHeld(BackfillStatus status) {
        return status.state() == BackfillState.PAUSED || status.state() == BackfillState.CANCELLED;
    }

    private void warn(BackfillStatus held) {
        listener.warning(String.format(
                Locale.ROOT,
                "Backfill %s of %s, which a migration has registered, is %s after %,d changed rows, and nobody goes on with it. If somebody is to: backfill resume %1$s, then migrate again; else there is nothing to do",
                held.name(),
                held.table(),
                held.state().text(),
                held.rowsDone()));
    }

    /** Whoever may not read our notes has written none. */
    private Set<RegisteredRun> registered(Host host) throws SQLException {
        var log = new OperationLog(target.connection(), target.stateSchema());
        try {
            return log.exists() ? log.registered(host) : Set.of();
        } catch (SQLException e) {
            if (SqlState.INSUFFICIENT_PRIVILEGE.matches(e)) {
                return Set.of();
            }
            throw e;
        } catch (ConfigurationProblem e) {
            listener.warning("What migrations have registered is not run: " + e.getMessage());
            return Set.of();
        }
    }
}
