package dev.expandcontract.flyway;

import java.util.function.Supplier;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.exception.FlywayBlockStatementExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes Flyway skip the statements of a script that we have run.
 *
 * @param takenOver its name; null while Flyway itself runs one
 */
record SkippedStatements(Supplier<@Nullable String> takenOver) implements Callback {
    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE_STATEMENT && takenOver.get() != null;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    /**
     * Flyway calls by name, equal ones in their order: with this one, and as the first, the user's callbacks hear nothing
     * of statements that are not run. An anonymous one of theirs has the same.
     */
    @Override
    public String getCallbackName() {
        return "";
    }

    @Override
    public void handle(Event event, Context context) {
        throw new FlywayBlockStatementExecutionException(
                new ErrorDetails(CoreErrorCode.ERROR, takenOver.get() + " has been run online"),
                "nothing is left to do");
    }
}
