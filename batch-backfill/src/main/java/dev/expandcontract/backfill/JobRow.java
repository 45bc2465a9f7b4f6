package dev.expandcontract.backfill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as the state table holds it.
 *
 * @param upperBound the greatest key when the job began, as text; empty where the table was empty
 */
record JobRow(
        BackfillStatus status, String set, @Nullable String condition, String fingerprint, List<String> upperBound) {
    JobRow {
        upperBound = List.copyOf(upperBound);
    }

    boolean isFinished() {
        return status.state() == BackfillState.FINISHED;
    }

    String definition() {
        return BackfillJob.definition(status.table().sql(), set, condition);
    }
}
