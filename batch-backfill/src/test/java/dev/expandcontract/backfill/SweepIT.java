package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Passes after the first one. What the application does meanwhile is done by a trigger, at a row that it names. */
class SweepIT extends BackfillFixture {
    private static final SqlExpression NOT_YET = new SqlExpression("n = 0");

    SweepIT(TestDatabase database) {
        super(database);
    }

    @Test
    void findRowsThatWereInsertedBehindTheFrontier() throws SQLException {
        fill(100);
        whenRowIsChanged(50, "INSERT INTO shop.items VALUES (-1, 0)");

        BackfillResult result = run(addOne().withCondition(NOT_YET));

        assertEachRowChangedOnce(101);
        assertThat(result.rows()).isEqualTo(101);
        assertThat(result.rowsRemaining()).isZero();
        assertThat(status().phase()).isEqualTo(BackfillPhase.SWEEP);
        assertThat(status().pass())
                .as("one that finds the row, one that finds none")
                .isEqualTo(3);
    }

    @Test
    void findRowsThatWereMovedBehindTheFrontier() {
        fill(100);
        whenRowIsChanged(50, "UPDATE shop.items SET id = -id WHERE id = 90");

        run(addOne().withCondition(NOT_YET));

        assertEachRowChangedOnce(100);
    }

    @Test
    void findRowsInBlocksThatWereAddedMeanwhile() {
        fill(1000);
        whenRowIsChanged(50, "INSERT INTO shop.items SELECT i, 0 FROM generate_series(1001, 3000) i");

        run(addOne().withCondition(NOT_YET).withOptions(inBlockOrder()));

        assertEachRowChangedOnce(3000);
    }

    @Test
    void findRowsInAPartitionThatWasAddedMeanwhile() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id)",
                "CREATE TABLE shop.p1 PARTITION OF shop.items FOR VALUES FROM (1) TO (101)");
        fill(100);
        var adding = new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                database.execute(
                        "CREATE TABLE shop.p2 PARTITION OF shop.items FOR VALUES FROM (101) TO (201)",
                        "INSERT INTO shop.items SELECT i, 0 FROM generate_series(101, 150) i");
            }
        };

        new BackfillEngine(STATE_SCHEMA, adding)
                .run(database.dataSource()::getConnection, addOne().withCondition(NOT_YET));

        assertEachRowChangedOnce(150);
    }

    @Test
    void doNotFollowWithoutACondition() throws SQLException {
        fill(100);
        whenRowIsChanged(50, "INSERT INTO shop.items VALUES (-1, 0)");

        assertThat(run(addOne()).rows()).isEqualTo(100);
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(1);
        assertThat(status().pass()).isEqualTo(1);
    }

    @Test
    void doNotFollowWhereTheFirstPassFoundNone() throws SQLException {
        fill(100);

        run(addOne().withCondition(new SqlExpression("n = 7")));

        assertThat(status().pass()).isEqualTo(1);
    }

    @Test
    @Timeout(60)
    void endThoughSomeRowsMatchForEverAndTellHowMany() throws SQLException {
        fill(100);
        database.execute("UPDATE shop.items SET n = NULL");
        BackfillJob job =
                job(ITEMS, "n = CASE WHEN id % 10 <> 0 THEN 1 END").withCondition(new SqlExpression("n IS NULL"));

        BackfillResult result = run(job);

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(result.rowsRemaining()).isEqualTo(10);
        assertThat(result.inWords()).isEqualTo("finished (for 10 rows the condition still holds)");
        assertThat(status().rowsRemaining()).isEqualTo(10);
        assertThat(status().pass()).isEqualTo(2);
        assertThat(count("shop.items WHERE n IS NULL")).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(AxisKind.class)
    void neverChangeARowTwiceWhereOnceIsNotTheSameAsTwice(AxisKind axis) throws SQLException {
        fill(100);
        database.execute("UPDATE shop.items SET n = id % 10");
        BackfillJob job = addOne().withCondition(new SqlExpression("n < 10"))
                .withOptions(batchesOf(10).with(o -> o.axis(axis)));

        if (axis == AxisKind.BLOCK) {
            assertThatThrownBy(() -> run(job))
                    .hasMessageContaining("in block order they could be changed a second time")
                    .hasMessageContaining("Let the condition exclude rows that are done, or use the key axis");
            assertThat(count("shop.items WHERE n <> id % 10")).isZero();
            return;
        }
        assertThat(run(job).rowsRemaining()).isEqualTo(90);
        assertThat(count("shop.items WHERE n = id % 10 + 1")).isEqualTo(100);
        assertThat(status().pass()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(60)
    void endWithACountWhereTheApplicationIsFaster(AxisKind axis) throws SQLException {
        fill(20);
        whenRowIsChanged(20, "INSERT INTO shop.items VALUES (-1, 0)");
        database.execute("CREATE TRIGGER ever AFTER UPDATE ON shop.items FOR EACH ROW WHEN (OLD.id < 0)"
                + " EXECUTE FUNCTION shop.another()");

        BackfillJob job =
                addOne().withCondition(NOT_YET).withOptions(batchesOf(10).with(o -> o.axis(axis)));
        BackfillResult result = run(job);

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(result.inWords()).isEqualTo("finished with failures (for 1 rows the condition still holds)");
        assertThat(engine.failuresInWords(result))
                .contains("is finished but for 1 rows")
                .contains("run the same again");
        assertThat(result.rowsRemaining()).isEqualTo(1).isEqualTo(count("shop.items WHERE n = 0"));
        assertThat(status().phase()).isEqualTo(BackfillPhase.VERIFY);
        assertThat(status().pass()).isEqualTo(Passes.MOST + 1);

        database.execute("DROP TRIGGER ever ON shop.items");
        assertThat(run(job).state()).isEqualTo(BackfillState.FINISHED);
        assertThat(count("shop.items WHERE n <> 1")).isZero();
    }

    @Test
    void followADeletion() {
        fill(100);
        database.execute("CREATE TRIGGER more AFTER DELETE ON shop.items FOR EACH ROW WHEN (OLD.id = 50)"
                + " EXECUTE FUNCTION shop.more('INSERT INTO shop.items VALUES (-1, 0)')");

        BackfillResult result = run(
                BackfillJob.of("job", ITEMS, new BackfillWork.Delete(NOT_YET)).withOptions(batchesOf(10)));

        assertThat(count("shop.items")).isZero();
        assertThat(result.rows()).isEqualTo(101);
    }

    @Test
    void doNotFollowACopy() throws SQLException {
        fill(100);
        database.execute("CREATE TABLE shop.copies (id bigint, n int)");
        var copy = new BackfillWork.Copy(
                QualifiedName.of("shop", "copies"),
                new SqlExpression("id, n"),
                new SqlExpression("id, n + 1"),
                NOT_YET,
                false);

        run(BackfillJob.of("job", ITEMS, copy).withOptions(batchesOf(10)));

        assertThat(database.rows("SELECT n, count(*), count(DISTINCT id) FROM shop.copies GROUP BY n"))
                .isEqualTo(List.of(List.of(1, 100L, 100L)));
        assertThat(status().pass()).isEqualTo(1);
    }

    @BeforeEach
    void createWhatTheApplicationDoes() {
        database.execute("""
                CREATE FUNCTION shop.more() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  EXECUTE TG_ARGV[0]; RETURN NULL;
                END $$""", """
                CREATE FUNCTION shop.another() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO shop.items VALUES (OLD.id - 1, 0); RETURN NULL;
                END $$""");
    }

    private void whenRowIsChanged(int id, String statement) {
        database.execute("CREATE TRIGGER more AFTER UPDATE ON shop.items FOR EACH ROW WHEN (OLD.id = " + id
                + ") EXECUTE FUNCTION shop.more('" + statement + "')");
    }

    private static BackfillOptions inBlockOrder() {
        return batchesOf(10).with(o -> o.axis(AxisKind.BLOCK));
    }
}
