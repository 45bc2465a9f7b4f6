package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows for which the condition does not hold (any more): most of the table, in a sweep. */
class DoneRowsIT extends BackfillFixture {
    private static final int ROWS = 20_000;

    DoneRowsIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @EnumSource(AxisKind.class)
    void arePassedManyBatchesAtATime(AxisKind axis) throws SQLException {
        fill(ROWS);
        database.execute("UPDATE shop.items SET n = 1", "VACUUM (ANALYZE) shop.items");

        BackfillResult result = run(toOne(axis));

        assertThat(result.rows()).isZero();
        assertThat(status().rowsPassed()).isBetween(ROWS * 9L / 10, ROWS * 11L / 10);
        assertThat(status().batches())
                .as("there are 80 batches of rows; one look is for ten of them")
                .isLessThan(20);
    }

    @ParameterizedTest
    @EnumSource(AxisKind.class)
    void keepNoneThatIsNotDoneFromBeingFoundOnce(AxisKind axis) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        fill(ROWS);
        database.execute("UPDATE shop.items SET n = 1");
        List<Integer> undone = random.ints(30, 1, ROWS + 1).distinct().boxed().toList();
        undone.forEach(id -> database.execute("UPDATE shop.items SET n = 0 WHERE id = " + id));
        database.execute("VACUUM (ANALYZE) shop.items");

        BackfillResult result = run(toOne(axis));

        assertThat(result.rows()).as("seed %d", seed).isEqualTo(undone.size());
        assertEachRowChangedOnce(ROWS);
    }

    @ParameterizedTest
    @EnumSource(AxisKind.class)
    void doNotHideARowOfWhichTheConditionItselfFails(AxisKind axis) {
        fill(ROWS);
        database.execute("UPDATE shop.items SET n = 1 WHERE id <> 1234", "VACUUM (ANALYZE) shop.items");

        BackfillJob job = toOne(axis).withCondition(new SqlExpression("1 / n = 0"));
        BackfillResult result = run(job);

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(recorder.failedRows).singleElement().asString().contains("division by zero");
    }

    private static BackfillJob toOne(AxisKind axis) {
        return addOne().withCondition(new SqlExpression("n = 0"))
                .withOptions(batchesOf(250).with(options -> options.axis(axis)));
    }
}
