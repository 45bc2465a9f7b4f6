package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillListener;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.BackfillWait;
import dev.expandcontract.backfill.LoggingBackfillListener;
import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.DurationText;
import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.util.Locale;

/** Passes on what a backfill tells. */
record BackfillProgress(RunListener listener) implements BackfillListener {
    @Override
    public void follows(String name, String axis, String reason) {
        listener.progress("Backfill %s follows %s: %s".formatted(name, axis, reason));
    }

    @Override
    public void progress(BackfillStatus status) {
        listener.progress("Backfill " + status.name() + ": " + LoggingBackfillListener.inWords(status));
    }

    @Override
    public void waiting(BackfillWait wait) {
        String who = wait.blockers().isEmpty()
                ? "a transaction that has ended"
                : String.join(
                        "; ", wait.blockers().stream().map(Blocker::toString).toList());
        listener.warning("Backfill %s: %s is locked by %s; next try in %s"
                .formatted(wait.name(), wait.range(), who, DurationText.rounded(wait.pause())));
    }

    @Override
    public void warning(String name, String what) {
        listener.warning("Backfill " + name + ": " + what);
    }

    @Override
    public void throttled(String name, String reason) {
        listener.progress("Backfill " + name + " waits: " + reason);
    }

    @Override
    public void disconnected(String name, String reason, Duration pause) {
        listener.warning("Backfill %s: connection lost (%s); next try in %s"
                .formatted(name, reason, DurationText.rounded(pause)));
    }

    @Override
    public void failedRow(String name, QualifiedName table, String what) {
        listener.warning(
                "Backfill %s: a row of %s can't be changed, the others go on: %s".formatted(name, table, what));
    }

    @Override
    public void finished(BackfillResult result) {
        String earlier = result.rows() == result.rowsNow()
                ? ""
                : String.format(Locale.ROOT, " (%,d of them in earlier runs)", result.rows() - result.rowsNow());
        listener.progress(String.format(
                Locale.ROOT,
                "Backfill %s is %s: %,d rows changed%s, in %,d batches and %s",
                result.name(),
                result.inWords(),
                result.rows(),
                earlier,
                result.batchesNow(),
                DurationText.rounded(result.duration())));
    }
}
