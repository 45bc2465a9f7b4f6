package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillState;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.DurationText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

/** Waits for a backfill that others work on. What nobody would work on is done here. */
record AwaitedBackfill(BackfillStep backfills, Ticker ticker) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);

    /**
     * Until it is finished.
     *
     * @param timeout of waiting; the work that is done here takes the time that it takes
     * @throws InvalidOperation if there is no backfill of this name
     * @throws BackfillStopped if it was cancelled, if rows can't be changed, or if it is not finished in time
     */
    void await(String name, Duration timeout) throws SQLException, InterruptedException {
        long began = ticker.nanoTime();
        Duration tellAt = Duration.ZERO;
        BackfillStatus status = helped(first(name));
        while (status.state() != BackfillState.FINISHED) {
            Duration waited = ticker.since(began);
            if (waited.compareTo(timeout) >= 0) {
                throw notFinished(
                        status,
                        "after " + DurationText.rounded(timeout) + idleInWords(status),
                        "Have it run if nobody does (backfill run " + name
                                + ", or BackfillWorker in Java), and run this again: it waits for the rest");
            }
            if (waited.compareTo(tellAt) >= 0) {
                listener().progress("Backfill " + name + ": " + status.inWords());
                tellAt = waited.plus(TELL_EVERY);
            }
            ticker.sleep(LOOK_EVERY);
            status = helped(status(name));
        }
        listener()
                .progress(String.format(
                        Locale.ROOT, "Backfill %s is finished: %,d rows changed", name, status.rowsDone()));
    }

    private BackfillStatus first(String name) {
        try {
            return status(name);
        } catch (InvalidOperation e) {
            throw new InvalidOperation(
                    e.getMessage()
                            + ". The migration that registers it comes first; where its work was done in another way, skip this one");
        }
    }

    /** Where nobody else would, it is done here; also rows once more that could not be changed. */
    private BackfillStatus helped(BackfillStatus status) throws SQLException {
        if (status.state() == BackfillState.CANCELLED) {
            throw notFinished(
                    status,
                    "and will not be, since somebody has cancelled it",
                    "Resume it (backfill resume " + status.name() + "), then run this again");
        }
        if (!isLeftToUs(status)) {
            return status;
        }
        listener()
                .progress(
                        "Backfill " + status.name() + " is done here, as nobody is at work on it: " + status.inWords());
        var engine = new BackfillEngine(target().stateSchema(), new BackfillProgress(listener()));
        var worker = new BackfillWorker(engine, target().connection(), target().others());
        BackfillOutcome.throwFailures(worker.forJobs(it -> it.name().equals(status.name()) && isToBeDone(it))
                .runAll());
        return status(status.name());
    }

    /** Somebody may have cancelled it since we looked. */
    private static boolean isToBeDone(BackfillStatus status) {
        return BackfillWorker.isWaiting(status) || status.state() == BackfillState.FINISHED_WITH_FAILURES;
    }

    private boolean isLeftToUs(BackfillStatus status) throws SQLException {
        boolean isForOthers = backfills.settings().hasBackfillWorker();
        return switch (status.state()) {
            case REGISTERED, STOPPED -> !isForOthers;
            case RUNNING -> !isForOthers && idle(status).compareTo(longestSilence(status)) > 0;
            case FINISHED_WITH_FAILURES -> true;
            default -> false;
        };
    }

    private String idleInWords(BackfillStatus status) throws SQLException {
        Duration idle = idle(status);
        return idle.compareTo(longestSilence(status)) <= 0
                ? ""
                : ", and nobody has been at work on it for "
                        + DurationText.rounded(Duration.ofSeconds(idle.toSeconds()))
                        + (status.error() == null ? "" : ", when it stopped: " + status.error());
    }

    private Duration idle(BackfillStatus status) throws SQLException {
        return Duration.between(status.heartbeatAt(), now());
    }

    private BackfillStatus status(String name) {
        return new BackfillControl(target().stateSchema()).status(target().connection(), name);
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
