package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AxisChoiceTest {
    private static final Identifier ID = new Identifier("id");
    private static final List<Key> KEYS = List.of(new Key(List.of(ID), List.of(new Key.Type("bigint", ""))));
    private static final SqlExpression NOT_YET = new SqlExpression("n IS NULL");
    private static final BackfillWork UPDATE = new BackfillWork.Update(new SqlExpression("n = 1"), null, NOT_YET);
    private static final AxisChoice.Size LARGE_AND_SCATTERED = new AxisChoice.Size(1000, 50_000, 999, Map.of(ID, 0.01));

    @Test
    void isBlockOrderWhereRowsAreScatteredAndTheTableIsLargerThanSharedBuffers() {
        AxisChoice choice = choice(UPDATE, null, KEYS, LARGE_AND_SCATTERED);

        assertThat(choice.axis()).isEqualTo(new BlockAxis(50));
        assertThat(choice.reason())
                .isEqualTo(
                        "rows that follow each other by key id lie apart (correlation 0.01), and the table (1,000 blocks)"
                                + " is larger than shared_buffers (999 blocks): in key order each batch would read and log up to"
                                + " 50 times as many blocks");
    }

    @Test
    void isTheKeyWhereTheTableFitsIntoSharedBuffers() {
        var size = new AxisChoice.Size(1000, 50_000, 1000, Map.of(ID, 0.01));

        assertThat(choice(UPDATE, null, KEYS, size).axis()).isEqualTo(new KeyAxis(KEYS.get(0)));
        assertThat(choice(UPDATE, null, KEYS, size).reason()).isEqualTo("the table fits into shared_buffers");
    }

    @Test
    void isTheKeyWhereRowsLieInItsOrderOrAgainstIt() {
        for (double correlation : new double[] {1, 0.9, -0.95}) {
            var size = new AxisChoice.Size(1000, 50_000, 10, Map.of(ID, correlation));

            assertThat(choice(UPDATE, null, KEYS, size).axis().kind()).isEqualTo(AxisKind.KEY);
        }
        var size = new AxisChoice.Size(1000, 50_000, 10, Map.of(ID, -0.85));
        assertThat(choice(UPDATE, null, KEYS, size).axis().kind()).isEqualTo(AxisKind.BLOCK);
    }

    @Test
    void isTheKeyWhereNobodyKnowsHowRowsLie() {
        var neverAnalysed = new AxisChoice.Size(1000, 50_000, 10, Map.of());

        AxisChoice choice = choice(UPDATE, null, KEYS, neverAnalysed);

        assertThat(choice.axis().kind()).isEqualTo(AxisKind.KEY);
        assertThat(choice.reason()).isEqualTo("how rows lie is not known: the table was never analysed");
    }

    @Test
    void isTheKeyWithoutAConditionHoweverLargeTheTableIs() {
        AxisChoice choice = choice(UPDATE.withCondition(null), null, KEYS, LARGE_AND_SCATTERED);

        assertThat(choice.axis().kind()).isEqualTo(AxisKind.KEY);
        assertThat(choice.reason()).isEqualTo("without a condition, block order could change a row twice");
    }

    @Test
    void isWhatWasAskedFor() {
        var small = new AxisChoice.Size(1, 10, 1000, Map.of(ID, 1.0));

        assertThat(choice(UPDATE, AxisKind.BLOCK, KEYS, small).axis()).isEqualTo(new BlockAxis(10));
        assertThat(choice(UPDATE, AxisKind.KEY, KEYS, LARGE_AND_SCATTERED).axis())
                .isEqualTo(new KeyAxis(KEYS.get(0)));
        assertThat(choice(UPDATE, AxisKind.KEY, KEYS, LARGE_AND_SCATTERED).reason())
                .isEqualTo("it was asked for");
    }

    @Test
    void isBlockOrderWhereThereIsNoKey() {
        AxisChoice choice = choice(new BackfillWork.Delete(NOT_YET), null, List.of(), LARGE_AND_SCATTERED);

        assertThat(choice.axis().kind()).isEqualTo(AxisKind.BLOCK);
        assertThat(choice.reason()).isEqualTo("the table has no key to go along");
    }

    @Test
    void isNoneWhereBlockOrderCouldDoARowTwice() {
        var copy = new BackfillWork.Copy(
                QualifiedName.of("shop", "copies"), new SqlExpression("id"), new SqlExpression("id"), NOT_YET, false);

        assertThat(choice(UPDATE.withCondition(null), AxisKind.BLOCK, KEYS, LARGE_AND_SCATTERED))
                .isEqualTo(AxisChoice.NONE);
        assertThat(choice(copy, AxisKind.BLOCK, KEYS, LARGE_AND_SCATTERED)).isEqualTo(AxisChoice.NONE);
        assertThat(choice(UPDATE.withCondition(null), null, List.of(), LARGE_AND_SCATTERED))
                .isEqualTo(AxisChoice.NONE);
        assertThat(choice(UPDATE, AxisKind.KEY, List.of(), LARGE_AND_SCATTERED)).isEqualTo(AxisChoice.NONE);
    }

    @Test
    void countsAtLeastOneRowPerBlock() {
        var wide = new AxisChoice.Size(1000, 10, 10, Map.of());
        var empty = new AxisChoice.Size(0, 0, 10, Map.of());

        assertThat(choice(UPDATE, AxisKind.BLOCK, KEYS, wide).axis()).isEqualTo(new BlockAxis(1));
        assertThat(choice(UPDATE, AxisKind.BLOCK, KEYS, empty).axis()).isEqualTo(new BlockAxis(1));
    }

    private static AxisChoice choice(
            BackfillWork work, @Nullable AxisKind wanted, List<Key> keys, AxisChoice.Size size) {
        BackfillJob job = BackfillJob.of("job", QualifiedName.of("shop", "items"), work)
                .withOptions(BackfillOptions.defaults().with(o -> o.axis(wanted)));
        return AxisChoice.of(job, keys, size);
    }
}
