package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.DurationText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/** Waits for a backfill that others work on. */
record AwaitedBackfill(BackfillStep backfills, Ticker ticker) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);

    /**
     * Until it is finished.
     *
     * @throws BackfillStopped if that can't be expected any more, or not in time
     */
    void await(String name, Duration timeout) throws SQLException, InterruptedException {
        var control = new BackfillControl(target().stateSchema());
        long began = ticker.nanoTime();
        Duration tellAt = Duration.ZERO;
        BackfillStatus status = control.status(target().connection(), name);
        if (isLeftToUs(status)) {
            runHere(status);
            status = control.status(target().connection(), name);
        }
        while (status.state() != BackfillState.FINISHED) {
            requireHope(status);
            Duration waited = ticker.since(began);
            if (waited.compareTo(timeout) >= 0) {
                throw notFinished(
                        status, "after " + DurationText.rounded(timeout), "Run this again: it waits for the rest");
            }
            if (waited.compareTo(tellAt) >= 0) {
                listener().progress("Backfill " + name + ": " + status.inWords());
                tellAt = waited.plus(TELL_EVERY);
            }
            ticker.sleep(LOOK_EVERY);
            status = control.status(target().connection(), name);
        }
        listener()
                .progress(String.format(
                        Locale.ROOT, "Backfill %s is finished: %,d rows changed", name, status.rowsDone()));
    }

    /**
     * On a new database the migration that registers it runs just before: nobody has begun it, and nobody is there who
     * would. Of a large table that is for a person to see.
     */
    private boolean isLeftToUs(BackfillStatus status) {
        return status.state() == BackfillState.REGISTERED
                && !backfills.settings().hasBackfillWorker()
                && status.rowsEstimated() < BackfillStep.LARGE;
    }

    private void runHere(BackfillStatus status) {
        listener()
                .progress(String.format(
                        Locale.ROOT,
                        "Backfill %s was registered, and nobody has begun it: it is done here, about %,d rows",
                        status.name(),
                        status.rowsEstimated()));
        var engine = new BackfillEngine(target().stateSchema(), new BackfillProgress(listener()));
        engine.run(target().connection(), target().others(), engine.job(target().connection(), status.name()));
    }

    private void requireHope(BackfillStatus status) throws SQLException {
        switch (status.state()) {
            case FINISHED_WITH_FAILURES ->
                throw new BackfillStopped(new BackfillEngine(target().stateSchema()).failuresInWords(status.result()));
            case CANCELLED ->
                throw notFinished(
                        status,
                        "and will not be, since somebody has cancelled it",
                        "Resume it (backfill resume " + status.name() + "), then run this again");
            case REGISTERED, RUNNING, STOPPED -> requireSomebodyAtWork(status);
            default -> {}
        }
    }

    private void requireSomebodyAtWork(BackfillStatus status) throws SQLException {
        Duration idle = Duration.between(status.heartbeatAt(), now());
        if (idle.compareTo(longestSilence(status)) > 0) {
            throw notFinished(
                    status,
                    "and nobody has been at work on it for "
                            + DurationText.rounded(Duration.ofSeconds(idle.toSeconds()))
                            + " (" + backfills.whoRuns() + ")"
                            + (status.error() == null ? "" : ". It stopped: " + status.error()),
                    "Have it run (backfill run " + status.name() + ", or BackfillWorker in Java), then run this again");
        }
    }

    /** A worker is silent during a batch, and while it rests for its speed's sake. */
    private Duration longestSilence(BackfillStatus status) {
        BackfillOptions options = new BackfillEngine(target().stateSchema())
                .job(target().connection(), status.name())
                .options();
        Integer set = status.speed();
        Duration working = options.targetTime().multipliedBy(200).dividedBy(set == null ? options.speed() : set);
        Duration longest = options.batchTimeout().plus(working);
        return longest.compareTo(IDLE) > 0 ? longest : IDLE;
    }

    private static BackfillStopped notFinished(BackfillStatus status, String why, String next) {
        return new BackfillStopped("Backfill \"%s\" of %s is not finished %s. It is %s: %s. %s"
                .formatted(status.name(), status.table(), why, status.state().text(), status.inWords(), next));
    }

    private Target target() {
        return backfills.target();
    }

    private RunListener listener() {
        return backfills.listener();
    }

    /** By the clock that heartbeats go by. */
    private Instant now() throws SQLException {
        try (Statement statement = target().connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }
}
