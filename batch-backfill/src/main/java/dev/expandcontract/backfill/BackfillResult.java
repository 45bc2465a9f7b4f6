package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;

/**
 * A job that has come to its end.
 *
 * @param state finished, or finished with failures
 * @param phase of its last pass
 * @param rows rows changed by the job, in all its runs
 * @param rowsFailed rows that could not be changed
 * @param rowsRemaining rows for which the condition still held after their change, or when they were counted
 * @param rowsNow rows changed by this call; less than {@code rows} where it went on from an earlier one, or where others
 *     worked on the same job
 * @param batchesNow batches committed by this call; 0 where the job was finished already
 * @param duration how long this call took
 */
public record BackfillResult(
        String name,
        QualifiedName table,
        BackfillState state,
        BackfillPhase phase,
        long rows,
        long rowsFailed,
        long rowsRemaining,
        long rowsNow,
        long batchesNow,
        Duration duration) {
    /** Whether nobody has to look at it: no row failed, and none was found undone. */
    public boolean isComplete() {
        return state == BackfillState.FINISHED;
    }

    /** How it ended: {@code finished}, or with what is left. */
    public String inWords() {
        return state.text()
                + (rowsFailed == 0 ? "" : " (" + rowsFailed + " rows could not be changed)")
                + (rowsRemaining == 0 ? "" : " (for " + rowsRemaining + " rows the condition still holds)");
    }

    /** What is to be done about rows that could not be changed, or were found undone. */
    String failuresInWords(QualifiedName ranges) {
        if (rowsFailed == 0) {
            return ("Backfill \"%s\" of %s is finished but for %d rows, which were counted at last, and for which its condition"
                            + " still holds; %d rows were changed. Where the application writes such rows, let it, or a trigger,"
                            + " write them as they are to be; then run the same again, or backfill run %s: it looks for them")
                    .formatted(name, table, rowsRemaining, rows, name);
        }
        return ("Backfill \"%s\" of %s is finished but for %d rows, which could not be changed; %d rows were. They are named in"
                        + " SELECT failed_row, error FROM %s WHERE job = '%s' AND state = 'failed'. When they are mended,"
                        + " run the same again, or backfill run %s: it tries only these")
                .formatted(name, table, rowsFailed, rows, ranges, name.replace("'", "''"), name);
    }
}
