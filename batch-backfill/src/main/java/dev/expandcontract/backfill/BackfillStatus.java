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
 * @param rowsDone rows that were changed
 * @param rowsPassed rows that the frontier has passed, changed or not: what percent, rate and remaining time count
 * @param rowsEstimated rows in the table as PostgreSQL's planner estimated them when the job began
 * @param rowsPerSecond rows passed in a second by the run that wrote last
 * @param batchSize rows asked for in the latest batch
 * @param frontier the key of the last row that was passed, as text; empty before the first batch
 * @param heartbeatAt when the last batch was committed, by the server's clock
 * @param error why the job stopped; null otherwise
 */
public record BackfillStatus(
        String name,
        QualifiedName table,
        BackfillState state,
        String origin,
        long rowsDone,
        long rowsPassed,
        long rowsEstimated,
        double rowsPerSecond,
        long batches,
        int batchSize,
        List<String> keyColumns,
        List<String> frontier,
        Instant startedAt,
        Instant heartbeatAt,
        @Nullable Instant finishedAt,
        @Nullable String error) {
    public BackfillStatus {
        keyColumns = List.copyOf(keyColumns);
        frontier = List.copyOf(frontier);
    }

    /** From 0 to 100; 100 only when finished, however far the estimate was off. Empty where nothing was estimated. */
    public OptionalDouble percent() {
        if (state == BackfillState.FINISHED) {
            return OptionalDouble.of(100);
        }
        return rowsEstimated <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(99.9, 100.0 * rowsPassed / rowsEstimated));
    }

    /** How long it still takes at the present rate; null where that can't be said. */
    public @Nullable Duration remaining() {
        if (state == BackfillState.FINISHED) {
            return Duration.ZERO;
        }
        if (rowsPerSecond <= 0 || rowsEstimated <= rowsPassed) {
            return null;
        }
        return Duration.ofSeconds((long) Math.ceil((rowsEstimated - rowsPassed) / rowsPerSecond));
    }

    /** How far the job is, in one line. */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "%s%,d of about %,d rows passed, %,d changed, %,.0f rows/s%s, batches of %,d",
                percent().isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, "%.1f %%, ", percent().getAsDouble()),
                rowsPassed,
                rowsEstimated,
                rowsDone,
                rowsPerSecond,
                remainingInWords(),
                batchSize);
    }

    private String remainingInWords() {
        Duration left = remaining();
        return left == null
                ? ""
                : String.format(
                        Locale.ROOT, ", %d:%02d:%02d left", left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }
}
