package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillRange;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.OptionsText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Where jobs stand, for people. */
final class StatusText {
    private StatusText() {}

    static String all(List<BackfillStatus> jobs) {
        if (jobs.isEmpty()) {
            return "No backfills";
        }
        Table table =
                new Table("NAME", "STATE", "PHASE", "DONE", "PASSED", "OF ABOUT", "ROWS/S", "LEFT", "FAILED", "NOTE");
        jobs.forEach(job -> table.row(
                job.name(),
                job.state().text(),
                lower(job.phase()),
                percent(job),
                number(job.rowsPassed()),
                number(job.rowsEstimated()),
                number(Math.round(job.rowsPerSecond())),
                left(job),
                number(job.rowsFailed()),
                note(job)));
        return table.toString();
    }

    static String one(BackfillStatus status, BackfillJob job, List<BackfillRange> ranges) {
        var text = new StringJoiner(System.lineSeparator());
        line(text, "name", status.name());
        line(text, "does", job.work().definition(job.table()));
        line(text, "asked for by", status.origin());
        line(text, "state", status.state().text());
        line(text, "error", status.error());
        line(text, "waits for", status.throttle());
        line(text, "phase", lower(status.phase()) + " (pass " + status.pass() + ")");
        String order = status.axis() == AxisKind.BLOCK ? "blocks" : String.join(", ", status.keyColumns());
        line(text, "in order of", order + ", taken up to " + status.frontier());
        line(
                text,
                "passed",
                "%s of about %s rows (%s)"
                        .formatted(number(status.rowsPassed()), number(status.rowsEstimated()), percent(status)));
        line(text, "changed", number(status.rowsDone()) + " rows in " + number(status.batches()) + " batches");
        line(text, "failed", number(status.rowsFailed()) + " rows");
        line(text, "remaining", number(status.rowsRemaining()) + " rows, after their change, or counted");
        line(text, "rate", number(Math.round(status.rowsPerSecond())) + " rows/s, " + left(status) + " left");
        Integer speed = status.speed();
        line(text, "speed", speed == null ? job.options().speed() + " %" : speed + " %, as somebody has set it");
        line(text, "options", OptionsText.of(job.options()));
        line(text, "began", seconds(status.startedAt()));
        line(text, "heartbeat", seconds(status.heartbeatAt()));
        Instant finished = status.finishedAt();
        line(text, "ended", finished == null ? null : seconds(finished));
        return text + (ranges.isEmpty() ? "" : System.lineSeparator().repeat(2) + ranges(ranges));
    }

    static String left(BackfillStatus status) {
        Duration left = status.remaining();
        return left == null
                ? "?"
                : String.format(
                        Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }

    private static String ranges(List<BackfillRange> ranges) {
        Table table = new Table("WORKER", "RANGE", "OF", "FROM", "TO", "TRIES", "DUE");
        ranges.forEach(range -> table.row(
                range.worker(),
                range.state().text(),
                range.table(),
                range.after().isEmpty() ? "beginning" : String.join(", ", range.after()),
                String.join(", ", range.upTo()),
                number(range.tries()),
                seconds(range.dueAt())));
        return table.toString();
    }

    private static void line(StringJoiner text, String label, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            text.add(String.format(Locale.ROOT, "%-13s%s", label + ":", value));
        }
    }

    private static String note(BackfillStatus job) {
        String error = job.error();
        String throttle = job.throttle();
        return error != null ? error.replace('\n', ' ') : throttle != null ? "waits for " + throttle : "";
    }

    private static String percent(BackfillStatus status) {
        return status.percent().isEmpty()
                ? "?"
                : String.format(Locale.ROOT, "%.1f %%", status.percent().getAsDouble());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
