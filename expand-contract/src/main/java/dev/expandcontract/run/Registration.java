package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillStatus;
import java.util.Locale;

/** Tells what becomes of a backfill that was registered. */
record Registration(BackfillEngine engine, RunListener listener, String whoRuns) {
    void tell(BackfillStatus status) {
        String subject = "Backfill " + status.name() + " of " + status.table();
        switch (status.state()) {
            case REGISTERED ->
                listener.progress(String.format(
                        Locale.ROOT,
                        "%s is registered, about %,d rows; the migration goes on: %s",
                        subject,
                        status.rowsEstimated(),
                        whoRuns));
            case RUNNING, STOPPED ->
                listener.progress(subject + " was registered before and is "
                        + status.state().text() + ", " + status.inWords() + "; the migration goes on: " + whoRuns);
            case PAUSED, CANCELLED ->
                listener.warning(subject + " was registered before and is "
                        + status.state().text() + ", " + status.inWords()
                        + "; the migration goes on, but nobody works on it until it is resumed");
            case FINISHED -> listener.progress(subject + " is finished already");
            case FINISHED_WITH_FAILURES -> listener.warning(engine.failuresInWords(status.result()));
        }
    }
}
