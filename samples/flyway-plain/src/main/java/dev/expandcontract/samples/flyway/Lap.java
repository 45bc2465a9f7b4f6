package dev.expandcontract.samples.flyway;

import dev.expandcontract.samples.shop.MigrationTool.Progress;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/** A callback as a project may have one: the pack leaves it alone. */
record Lap(Progress progress) implements Callback {
    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        if (event == Event.BEFORE_MIGRATE) {
            progress.begins();
        } else {
            progress.done(context.getMigrationInfo().getDescription());
        }
    }

    @Override
    public String getCallbackName() {
        return "lap";
    }
}
