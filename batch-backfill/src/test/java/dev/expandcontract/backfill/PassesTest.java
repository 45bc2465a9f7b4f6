package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassesTest {
    private static final SqlExpression NOT_YET = new SqlExpression("n IS NULL");
    private static final BackfillWork UPDATE = new BackfillWork.Update(new SqlExpression("n = 1"), null, NOT_YET);
    private static final boolean REPEATABLE = true;
    private static final boolean ONE_TIME = false;

    @Test
    void followAsLongAsOneSettlesRows() {
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.FILL, 1, 5, 0), REPEATABLE))
                .hasValue(BackfillPhase.SWEEP);
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.SWEEP, 2, 1, 0), REPEATABLE))
                .hasValue(BackfillPhase.SWEEP);
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.SWEEP, 3, 0, 0), REPEATABLE))
                .isEmpty();
    }

    @Test
    void endWhereOnlyRowsAreChangedThatMatchAgain() {
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.FILL, 1, 0, 100), REPEATABLE))
                .isEmpty();
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.FILL, 1, 90, 10), REPEATABLE))
                .hasValue(BackfillPhase.SWEEP);
    }

    @Test
    void doNotFollowWhereRowsWouldBeChangedTwice() {
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.FILL, 1, 90, 10), ONE_TIME))
                .isEmpty();
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.FILL, 1, 100, 0), ONE_TIME))
                .hasValue(BackfillPhase.SWEEP);
    }

    @Test
    void doNotFollowWhereNothingTellsADoneRowFromOthers() {
        var copy = new BackfillWork.Copy(
                QualifiedName.of("shop", "copies"), new SqlExpression("id"), new SqlExpression("id"), NOT_YET, false);

        assertThat(Passes.after(UPDATE.withCondition(null), progress(BackfillPhase.FILL, 1, 5, 0), REPEATABLE))
                .isEmpty();
        assertThat(Passes.after(copy, progress(BackfillPhase.FILL, 1, 5, 0), REPEATABLE))
                .isEmpty();
        assertThat(Passes.after(new BackfillWork.Delete(null), progress(BackfillPhase.FILL, 1, 5, 0), REPEATABLE))
                .isEmpty();
    }

    @Test
    void endWithACountWhereTheyDoNotBecomeLess() {
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.SWEEP, Passes.MOST, 5, 0), REPEATABLE))
                .hasValue(BackfillPhase.VERIFY);
        assertThat(Passes.after(UPDATE, progress(BackfillPhase.VERIFY, Passes.MOST + 1, 0, 5), REPEATABLE))
                .isEmpty();
    }

    private static Progress progress(BackfillPhase phase, int pass, long settled, long remaining) {
        Position end = new Position(phase, pass, List.of(1L), 1, 0, List.of("9"), List.of("9"));
        return new Progress(BackfillState.RUNNING, end, Progress.Done.NOTHING, 100, settled, remaining, 0, 100, 10);
    }
}
