package dev.expandcontract.run;

import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.SqlState;
import java.sql.SQLException;

/** Words for a step that PostgreSQL refused. */
final class Failure {
    private Failure() {}

    static StepFailed of(Step step, SQLException e) {
        return new StepFailed(
                "%s failed: %s\n    %s\n    %s\n    SQL: %s"
                        .formatted(
                                step.description(),
                                e.getMessage(),
                                state(step, e),
                                nextStep(e),
                                step.action().sql()),
                e);
    }

    private static String state(Step step, SQLException e) {
        if (step.action() instanceof Action.LongStatement action && action.cleanUp() != null) {
            return e.getSuppressed().length == 0
                    ? "What this run had added was taken back."
                    : notTakenBack(action.cleanUp(), e.getSuppressed()[0]);
        }
        return step.action() instanceof Action.ShortTransaction
                ? "The step was rolled back; earlier steps stay done."
                : "Earlier steps stay done.";
    }

    /** It harms nobody: a constraint holds for new rows, an index that is not valid is not read. */
    private static String notTakenBack(Step cleanUp, Throwable why) {
        return "What this run had added remains, NOT VALID (%s failed as well: %s). The next run goes on with it."
                .formatted(cleanUp.description(), why.getMessage());
    }

    private static String nextStep(SQLException e) {
        if (SqlState.INSUFFICIENT_PRIVILEGE.matches(e)) {
            return "Run migrations as the role that owns the table (or a member of it); then run this again.";
        }
        if (SqlState.isAny(e, SqlState.DUPLICATE_TABLE, SqlState.DUPLICATE_OBJECT)) {
            return "Somebody else took that name meanwhile: run this again, and what has it is compared with what is"
                    + " asked for.";
        }
        if (SqlState.isAny(
                e,
                SqlState.UNIQUE_VIOLATION,
                SqlState.FOREIGN_KEY_VIOLATION,
                SqlState.CHECK_VIOLATION,
                SqlState.NOT_NULL_VIOLATION)) {
            return "Some rows don't meet the constraint: mend them (a backfill can), then run this again.";
        }
        return "When the cause is removed, run the migration again: it goes on from this step.";
    }
}
