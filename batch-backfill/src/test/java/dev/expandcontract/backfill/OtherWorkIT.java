package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deletions, copies, and updates from other tables; each stopped half way by a session that is terminated. */
class OtherWorkIT extends BackfillFixture {
    private static final QualifiedName COPIES = QualifiedName.of("shop", "copies");

    OtherWorkIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void countWhatHappens() {
        database.execute("ALTER TABLE shop.items SET (fillfactor = 10)");
        fill(300);
        database.execute(
                "CREATE TABLE shop.copies (id bigint, n int, PRIMARY KEY (id))",
                "CREATE TABLE shop.prices (item bigint PRIMARY KEY, price int NOT NULL)",
                "INSERT INTO shop.prices SELECT id, id * 2 FROM shop.items WHERE id % 3 = 0",
                "CREATE TABLE shop.tally (op text, id bigint)",
                """
                CREATE FUNCTION shop.tally() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO shop.tally VALUES (tg_op, CASE WHEN tg_op = 'INSERT' THEN NEW.id ELSE OLD.id END);
                  RETURN NULL;
                END $$""",
                "CREATE TRIGGER tally AFTER UPDATE OR DELETE ON shop.items FOR EACH ROW EXECUTE FUNCTION shop.tally()",
                "CREATE TRIGGER tally AFTER INSERT ON shop.copies FOR EACH ROW EXECUTE FUNCTION shop.tally()");
    }

    private static BackfillJob job(BackfillWork work, AxisKind axis) {
        return BackfillJob.of("job", ITEMS, work)
                .withOptions(batchesOf(10).with(o -> o.axis(axis).lease(Duration.ofMillis(100))));
    }

    /** The last batches meet a trigger that terminates their session, after the rows were changed. */
    private BackfillResult stoppedAndRun(BackfillJob job, String table) {
        database.execute(
                """
                CREATE FUNCTION shop.die() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_terminate_backend(pg_backend_pid()) FROM (SELECT count(*) AS n FROM shop.tally) t WHERE n >= 55;
                  RETURN NULL;
                END $$""",
                "CREATE TRIGGER zz_die AFTER INSERT OR UPDATE OR DELETE ON " + table
                        + " FOR EACH STATEMENT EXECUTE FUNCTION shop.die()");
        assertThatThrownBy(() -> run(job)).isInstanceOf(BackfillStopped.class);
        assertThat(count("shop.tally")).as("done before").isBetween(1L, 100L);
        database.execute("DROP TRIGGER zz_die ON " + table);
        return run(job);
    }

    private void assertTally(String operation, String expectedIds) {
        assertThat(database.rows("SELECT op, id FROM shop.tally ORDER BY id"))
                .as("rows that were met by " + operation)
                .isEqualTo(database.rows(
                        "SELECT ?::text, id::bigint FROM (" + expectedIds + ") e(id) ORDER BY id", operation));
    }

    @ParameterizedTest
    @EnumSource
    void deletesEachRowOnce(AxisKind axis) {
        var work = new BackfillWork.Delete(new SqlExpression("items.id % 2 = 0"));

        BackfillResult result = stoppedAndRun(job(work, axis), "shop.items");

        assertTally("DELETE", "SELECT generate_series(2, 300, 2)");
        assertThat(result.rows()).isEqualTo(150);
        assertThat(count("shop.items")).isEqualTo(150);
    }

    @Test
    void deletesAllRowsWithoutACondition() {
        BackfillResult result = stoppedAndRun(job(new BackfillWork.Delete(null), AxisKind.KEY), "shop.items");

        assertTally("DELETE", "SELECT generate_series(1, 300)");
        assertThat(result.rows()).isEqualTo(300);
    }

    private static BackfillWork.Copy copy(@Nullable String condition, boolean skipsExisting) {
        return new BackfillWork.Copy(
                COPIES,
                new SqlExpression("id, n"),
                new SqlExpression("items.id, items.n + 7"),
                condition == null ? null : new SqlExpression(condition),
                skipsExisting);
    }

    @Test
    void copiesEachRowOnce() {
        BackfillResult result = stoppedAndRun(job(copy(null, false), AxisKind.KEY), "shop.copies");

        assertTally("INSERT", "SELECT generate_series(1, 300)");
        assertThat(count("shop.copies WHERE n = 7")).isEqualTo(300);
        assertThat(result.rows()).isEqualTo(300);
    }

    @Test
    void leavesRowsThatTheTargetHasAlready() {
        database.execute(
                "ALTER TABLE shop.copies DISABLE TRIGGER tally",
                "INSERT INTO shop.copies SELECT generate_series(4, 300, 4), 1",
                "ALTER TABLE shop.copies ENABLE TRIGGER tally");

        BackfillResult result = stoppedAndRun(job(copy("id > 100", true), AxisKind.KEY), "shop.copies");

        assertTally("INSERT", "SELECT i FROM generate_series(101, 300) i WHERE i % 4 <> 0");
        assertThat(count("shop.copies WHERE n = 1")).isEqualTo(75);
        assertThat(result.rows()).isEqualTo(150);
    }

    @Test
    void takesARowThatTheTargetHasForABadOneIfItMayNotSkipIt() {
        database.execute("INSERT INTO shop.copies VALUES (55, 0)", "TRUNCATE shop.tally");

        BackfillResult result = run(job(copy(null, false), AxisKind.KEY));

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(result.rowsFailed()).isEqualTo(1);
        assertTally("INSERT", "SELECT i FROM generate_series(1, 300) i WHERE i <> 55");
        database.execute("DELETE FROM shop.copies WHERE id = 55");
        assertThat(run(job(copy(null, false), AxisKind.KEY)).state()).isEqualTo(BackfillState.FINISHED);
        assertTally("INSERT", "SELECT generate_series(1, 300)");
    }

    @Test
    void copiesAlongAKeyOnly() {
        assertThatThrownBy(() -> run(job(copy("n = 0", true), AxisKind.BLOCK)))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("block order needs an update or a deletion");
    }

    @ParameterizedTest
    @EnumSource
    void updatesEachRowThatTheOtherTableHasOnce(AxisKind axis) {
        var work = new BackfillWork.Update(
                new SqlExpression("n = items.n + p.price"),
                new SqlExpression("shop.prices AS p"),
                new SqlExpression("p.item = items.id AND items.n = 0"));

        BackfillResult result = stoppedAndRun(job(work, axis), "shop.items");

        assertTally("UPDATE", "SELECT generate_series(3, 300, 3)");
        assertThat(count("shop.items WHERE n = CASE WHEN id % 3 = 0 THEN id * 2 ELSE 0 END"))
                .isEqualTo(300);
        assertThat(result.rows()).isEqualTo(100);
    }

    /** The condition is that of the join, and holds before and after. */
    @Test
    void updatesFromAnotherTableOnceThoughTheConditionGoesOnToHold() throws SQLException {
        var work = new BackfillWork.Update(
                new SqlExpression("n = items.n + p.price"),
                new SqlExpression("shop.prices AS p"),
                new SqlExpression("p.item = items.id"));

        BackfillResult result = stoppedAndRun(job(work, AxisKind.KEY), "shop.items");

        assertTally("UPDATE", "SELECT generate_series(3, 300, 3)");
        assertThat(result.rowsRemaining()).isEqualTo(100);
        assertThat(status().pass()).isEqualTo(1);
    }

    /** As the documentation says: several workers, each with a session of its own, write the same. */
    @Test
    void writesTextsInOneFormWhateverTheSessionHas() throws SQLException {
        database.execute("ALTER TABLE shop.items ADD written text");
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("SET IntervalStyle = iso_8601; SET extra_float_digits = -9");
            engine.run(
                    connection,
                    job(
                            ITEMS,
                            "written = concat_ws(' ', date '2026-03-01', interval '26 h', 1.5 :: money, 0.1 :: float8 * 3)"));
        }

        assertThat(database.rows("SELECT DISTINCT written FROM shop.items"))
                .containsExactly(List.of("2026-03-01 26:00:00 $1.50 0.30000000000000004"));
    }

    @Test
    void refusesSqlThatCallsTheTableByItsSchema() {
        assertThatThrownBy(() -> run(job(ITEMS, "n = shop.items.n + 1")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("set: ");
        assertThatThrownBy(() -> run(addOne().withCondition(new SqlExpression("shop.items.n = 0"))))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("condition: ");
        assertThat(List.of(count("shop.items WHERE n = 0"))).containsExactly(300L);
    }
}
