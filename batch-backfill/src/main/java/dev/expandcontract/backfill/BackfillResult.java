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
 * @param rowsRemaining rows for which the condition still held after their change
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
    /** Whether nobody has to look at it: no row failed, and no verification found any. */
    public boolean isComplete() {
        return rowsFailed == 0 && !(phase == BackfillPhase.VERIFY && rowsRemaining > 0);
    }

    /** How it ended: {@code finished}, or with what is left. */
    public String inWords() {
        return state.text()
                + (rowsFailed == 0 ? "" : " (" + rowsFailed + " rows could not be changed)")
                + (rowsRemaining == 0 ? "" : " (for " + rowsRemaining + " rows the condition still holds)");
    }

    String failuresInWords(QualifiedName ranges) {
        return ("Backfill \"%s\" of %s is finished but for %d rows, which could not be changed; %d rows were. They are named in"
                        + " SELECT failed_row, error FROM %s WHERE job = '%s' AND state = 'failed'. When they are mended,"
                        + " run the same again, or backfill run %s: it tries only these")
                .formatted(name, table, rowsFailed, rows, ranges, name.replace("'", "''"), name);
    }
}
