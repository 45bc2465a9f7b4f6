package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the state table says about a job.
 *
 * @param pass over the table, from 1; sweeps are passes too
 * @param rowsDone rows that were changed
 * @param rowsPassed rows that this pass has passed, changed or not: what percent, rate and remaining time count
 * @param rowsFailed rows that could not be changed
 * @param rowsRemaining rows for which the condition still held after their change, or when they were counted, in this pass
 * @param rowsEstimated rows in the table as PostgreSQL's planner estimated them when the pass began
 * @param rowsPerSecond rows passed in a second by all workers, of late
 * @param batchSize rows asked for in the latest batch
 * @param keyColumns of the key that the batches follow; empty in block order
 * @param frontier up to where ranges were taken, as text; empty before the first
 * @param speed in percent, where somebody has set it; else null
 * @param throttle why its workers wait; null if they do not
 * @param heartbeatAt when a worker last asked for a range, by the server's clock
 * @param heartbeatAge how long ago that was when the job was read, by the server's clock too
 * @param finishedAt when the job ended, also while somebody verifies it; null until then
 * @param error why the job stopped; null otherwise
 */
public record BackfillStatus(
        String name,
        QualifiedName table,
        BackfillState state,
        String origin,
        AxisKind axis,
        BackfillPhase phase,
        int pass,
        long rowsDone,
        long rowsPassed,
        long rowsFailed,
        long rowsRemaining,
        long rowsEstimated,
        double rowsPerSecond,
        long batches,
        int batchSize,
        List<String> keyColumns,
        List<String> frontier,
        @Nullable Integer speed,
        @Nullable String throttle,
        Instant startedAt,
        Instant heartbeatAt,
        Duration heartbeatAge,
        @Nullable Instant finishedAt,
        @Nullable String error) {
    public BackfillStatus {
        keyColumns = List.copyOf(keyColumns);
        frontier = List.copyOf(frontier);
    }

    /** From 0 to 100; 100 only when finished, however far the estimate was off. Empty where nothing was estimated. */
    public OptionalDouble percent() {
        if (state.isEnd()) {
            return OptionalDouble.of(100);
        }
        return rowsEstimated <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(99.9, 100.0 * rowsPassed / rowsEstimated));
    }

    /** How long it still takes at the present rate; null where that can't be said. */
    public @Nullable Duration remaining() {
        if (state.isEnd()) {
            return Duration.ZERO;
        }
        if (rowsPerSecond <= 0 || rowsEstimated <= rowsPassed) {
            return null;
        }
        return Duration.ofSeconds((long) Math.ceil((rowsEstimated - rowsPassed) / rowsPerSecond));
    }

    /** What the job has come to so far, none of it now. */
    public BackfillResult result() {
        return new BackfillResult(name, table, state, phase, rowsDone, rowsFailed, rowsRemaining, 0, 0, Duration.ZERO);
    }

    /** How far the job is, in one line. */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "%s%s%s%,d of about %,d rows passed, %,d changed%s%s, %,.0f rows/s%s, batches of %,d%s",
                state == BackfillState.PAUSED ? "paused, " : "",
                phase == BackfillPhase.FILL ? "" : phase.text() + " (pass " + pass + "), ",
                percent().isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, "%.1f %%, ", percent().getAsDouble()),
                rowsPassed,
                rowsEstimated,
                rowsDone,
                rowsFailed == 0 ? "" : String.format(Locale.ROOT, ", %,d failed", rowsFailed),
                phase != BackfillPhase.VERIFY || rowsRemaining == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d not done", rowsRemaining),
                rowsPerSecond,
                remainingInWords(),
                batchSize,
                throttle == null ? "" : ", waiting: " + throttle);
    }

    private String remainingInWords() {
        Duration left = remaining();
        return left == null
                ? ""
                : String.format(
                        Locale.ROOT, ", %d:%02d:%02d left", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }
}
