package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockOrderIT extends BackfillFixture {
    private static final SqlExpression NOT_YET = new SqlExpression("n = 0");

    BlockOrderIT(TestDatabase database) {
        super(database);
    }

    @Test
    void changesEachRowOnceThoughRowsMove() throws SQLException {
        fill(5000);

        BackfillResult result = run(inBlocks(addOne()));

        assertEachRowChangedOnce(5000);
        assertThat(result.rows()).isEqualTo(5000);
        assertThat(status().axis()).isEqualTo(AxisKind.BLOCK);
        assertThat(status().keyColumns()).isEmpty();
    }

    @Test
    void isTakenWhereThereIsNoKey() throws SQLException {
        database.execute("ALTER TABLE shop.items DROP CONSTRAINT items_pkey");
        fill(500);

        run(addOne().withCondition(NOT_YET));

        assertEachRowChangedOnce(500);
        assertThat(status().axis()).isEqualTo(AxisKind.BLOCK);
    }

    @Test
    void isNotTakenWithoutNeed() throws SQLException {
        fill(500);

        run(addOne().withCondition(NOT_YET));

        assertThat(status().axis()).isEqualTo(AxisKind.KEY);
    }

    @Test
    void deletes() {
        fill(1000);
        database.execute("UPDATE shop.items SET n = id % 2");

        run(inBlocks(BackfillJob.of("job", ITEMS, new BackfillWork.Delete(NOT_YET))));

        assertEachRowChangedOnce(500);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            key   | false | false | table shop.items has no key to go along
                  | false | false | It can do without if a condition tells the rows that are not done
            key   | false | true  | table shop.items has no key to go along
            block | true  | false | block order needs an update or a deletion with a condition
            """)
    void isRefusedWhereARowCouldBeDoneTwice(String axis, boolean hasKey, boolean hasCondition, String problem)
            throws SQLException {
        if (!hasKey) {
            database.execute("ALTER TABLE shop.items DROP CONSTRAINT items_pkey");
        }
        fill(10);
        BackfillJob wanted =
                addOne().withOptions(batchesOf(10).with(o -> o.axis(axis == null ? null : AxisKind.of(axis))));
        BackfillJob job = hasCondition ? wanted.withCondition(NOT_YET) : wanted;

        assertThatThrownBy(() -> run(job)).isInstanceOf(InvalidOperation.class).hasMessageContaining(problem);
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(10);
    }

    @Test
    void isRefusedForACopy() {
        database.execute("CREATE TABLE shop.copies (id bigint)");
        var copy = new BackfillWork.Copy(
                QualifiedName.of("shop", "copies"), new SqlExpression("id"), new SqlExpression("id"), NOT_YET, false);

        assertThatThrownBy(() -> run(inBlocks(BackfillJob.of("job", ITEMS, copy))))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("block order needs an update or a deletion");
    }

    @ParameterizedTest
    @CsvSource({
        "VACUUM FULL shop.items",
        "CLUSTER shop.items USING items_pkey",
        "ALTER TABLE shop.items ADD x int DEFAULT random()"
    })
    void goesOnThoughTheTableWasWrittenAnew(String rewriting) {
        fill(3000);
        fillDiskAt(2000);
        BackfillJob job = inBlocks(addOne());
        assertThatThrownBy(() -> run(job)).isInstanceOf(BackfillStopped.class);
        freeDisk();
        long before = count("shop.items WHERE n = 1");
        database.execute(rewriting);

        BackfillResult result = run(job);

        assertEachRowChangedOnce(3000);
        assertThat(before).isBetween(1000L, 1999L);
        assertThat(result.rowsNow()).isEqualTo(3000 - before);
    }

    @Test
    void countsRowsAnewThoughTheTableWasWrittenAnewWhileItCounted() throws SQLException {
        fill(5000);
        BackfillJob job = inBlocks(addOne());
        run(job);
        try (var connection = database.connect()) {
            new BackfillControl(STATE_SCHEMA).verify(connection, "job", false);
        }
        database.execute(
                "UPDATE " + STATE + " SET part = 1, part_file = 1, frontier = '{(9,0)}', upper_bound = '{(99,0)}',"
                        + " rows_passed = 1000000, rows_remaining = 5");

        BackfillResult result = run(job);

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(result.rowsRemaining()).isZero();
        assertThat(status().rowsPassed()).isLessThan(100_000);
    }

    @Test
    void goesOnWithTheOrderThatItBeganWith() throws SQLException {
        fill(3000);
        fillDiskAt(2000);
        assertThatThrownBy(() -> run(inBlocks(addOne()))).isInstanceOf(BackfillStopped.class);
        freeDisk();

        run(addOne().withCondition(NOT_YET));

        assertThat(recorder.follows).containsExactly("block order: it was asked for", "block order: it began so");

        assertEachRowChangedOnce(3000);
        assertThat(status().axis()).isEqualTo(AxisKind.BLOCK);
    }

    @Test
    void isSharedByWorkers() {
        fill(5000);

        BackfillJob job = inBlocks(addOne());
        engine.run(
                database.dataSource()::getConnection,
                job.withOptions(job.options().with(o -> o.workers(3))));

        assertEachRowChangedOnce(5000);
    }

    @Test
    void knowsHowTheRowsOfATableLie() throws SQLException {
        database.execute(
                "INSERT INTO shop.items SELECT i, 0 FROM generate_series(1, 20000) i ORDER BY md5(i::text)",
                "ANALYZE shop.items");

        try (var connection = database.connect()) {
            AxisChoice.Size size = TableFacts.size(connection, ITEMS, TableFacts.oid(connection, ITEMS));

            assertThat(size.rows()).isBetween(19_000L, 21_000L);
            assertThat(size.blocks()).isEqualTo(database.<Long>value("SELECT pg_relation_size('shop.items') / 8192"));
            assertThat(size.sharedBuffers())
                    .isEqualTo(database.<Long>value(
                            "SELECT setting::bigint FROM pg_settings WHERE name = 'shared_buffers'"));
            assertThat(size.correlations())
                    .hasEntrySatisfying(
                            new Identifier("id"),
                            correlation -> assertThat(correlation).isBetween(-0.1, 0.1));
        }
    }

    /** As autovacuum does: it never analyses the partitioned table itself. */
    @Test
    void knowsHowTheRowsOfTheLargestPartitionLie() throws SQLException {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id)",
                "CREATE TABLE shop.small PARTITION OF shop.items FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE shop.large PARTITION OF shop.items FOR VALUES FROM (100) TO (90000)",
                "INSERT INTO shop.items SELECT i, 0 FROM generate_series(1, 99) i",
                "INSERT INTO shop.items SELECT i, 0 FROM generate_series(100, 20000) i ORDER BY md5(i::text)",
                "ANALYZE shop.small",
                "ANALYZE shop.large");

        try (var connection = database.connect()) {
            AxisChoice.Size size = TableFacts.size(connection, ITEMS, TableFacts.oid(connection, ITEMS));

            assertThat(size.correlations())
                    .hasEntrySatisfying(
                            new Identifier("id"),
                            correlation -> assertThat(correlation).isBetween(-0.1, 0.1));
        }
    }

    private static BackfillJob inBlocks(BackfillJob job) {
        return job.withCondition(NOT_YET).withOptions(batchesOf(300).with(o -> o.axis(AxisKind.BLOCK)));
    }
}
