package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table of partitions north and south, 100 rows in each; north has partitions itself. */
class PartitionsIT extends BackfillFixture {
    PartitionsIT(TestDatabase database) {
        super(database);
    }

    private void partitioned(String key) {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint NOT NULL, region text NOT NULL, n int DEFAULT 0" + key
                        + ") PARTITION BY LIST (region)",
                "CREATE TABLE shop.north PARTITION OF shop.items FOR VALUES IN ('north') PARTITION BY RANGE (id)",
                "CREATE TABLE shop.north_low PARTITION OF shop.north FOR VALUES FROM (MINVALUE) TO (60)",
                "CREATE TABLE shop.north_high PARTITION OF shop.north FOR VALUES FROM (60) TO (MAXVALUE)",
                "CREATE TABLE shop.south (junk int, n int DEFAULT 0, region text NOT NULL, trash text, id bigint NOT NULL)",
                "ALTER TABLE shop.south DROP junk, DROP trash",
                "ALTER TABLE shop.items ATTACH PARTITION shop.south FOR VALUES IN ('south')",
                "INSERT INTO shop.items SELECT i, r FROM generate_series(1, 100) i, unnest('{north,south}'::text[]) r");
    }

    private static final String KEY = ", PRIMARY KEY (id, region)";

    private static BackfillJob addOneWhereNone(AxisKind axis) {
        return addOne().withCondition(new SqlExpression("items.n = 0"))
                .withOptions(batchesOf(10).with(o -> o.axis(axis)));
    }

    @ParameterizedTest
    @EnumSource
    void changesEachRowOnceInPartitionsOfPartitionsAndOfOtherColumnOrder(AxisKind axis) {
        partitioned(KEY);

        BackfillResult result = run(addOneWhereNone(axis));

        assertEachRowChangedOnce(200);
        assertThat(result.rows()).isEqualTo(200);
    }

    @Test
    void goesByBlocksWhereOnlyThePartitionsHaveKeys() throws SQLException {
        partitioned("");
        database.execute("ALTER TABLE shop.north_low ADD PRIMARY KEY (id)", "ALTER TABLE shop.south ADD UNIQUE (id)");

        assertThatThrownBy(() -> run(addOne())).hasMessageContaining("table shop.items has no key to go along");
        run(addOne().withCondition(new SqlExpression("n = 0")));

        assertEachRowChangedOnce(200);
        assertThat(status().axis()).isEqualTo(AxisKind.BLOCK);
    }

    /** The lock on a row of the last partition keeps a range waiting; when it is tried again, the partition is gone. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            KEY   | ALTER TABLE shop.items DETACH PARTITION shop.south
            KEY   | DROP TABLE shop.south
            BLOCK | ALTER TABLE shop.items DETACH PARTITION shop.south
            BLOCK | DROP TABLE shop.south
            """)
    void leavesAPartitionThatIsNoneAnyMoreAndChangesNoOtherRowTwice(AxisKind axis, String change) {
        partitioned(KEY);
        BackfillJob job = addOneWhereNone(axis);
        BackfillJob all = axis == AxisKind.KEY ? addOne() : job;

        runWhileWaiting(all, () -> database.execute(change));

        assertEachRowChangedOnce(100);
    }

    private void runWhileWaiting(BackfillJob job, Runnable change) {
        try (var connection = database.connect();
                var holder =
                        LockHolder.hold(database, "SELECT * FROM shop.south ORDER BY id DESC LIMIT 1 FOR UPDATE")) {
            new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
                        private boolean isDone;

                        @Override
                        public void waiting(BackfillWait wait) {
                            if (!isDone) {
                                isDone = true;
                                holder.close();
                                change.run();
                            }
                        }
                    })
                    .run(connection, job);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsTheRowsOfAPartitionThatWasAttachedMeanwhile(AxisKind axis) {
        partitioned(KEY);
        database.execute(
                "CREATE TABLE shop.west (LIKE shop.items)",
                "INSERT INTO shop.west SELECT i, 'west', 0 FROM generate_series(1, 50) i");

        runWhileWaiting(
                addOneWhereNone(axis),
                () -> database.execute("ALTER TABLE shop.items ATTACH PARTITION shop.west FOR VALUES IN ('west')"));

        assertEachRowChangedOnce(250);
    }

    @ParameterizedTest
    @EnumSource
    void stopsWhereTheWholeTableIsDropped(AxisKind axis) throws SQLException {
        partitioned(KEY);

        assertThatThrownBy(
                        () -> runWhileWaiting(addOneWhereNone(axis), () -> database.execute("DROP TABLE shop.items")))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("the table was dropped");

        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
    }

    @Test
    void namesForeignPartitions() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint NOT NULL, n int DEFAULT 0) PARTITION BY RANGE (id)",
                "CREATE FOREIGN DATA WRAPPER nowhere",
                "CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere",
                "CREATE TABLE shop.near PARTITION OF shop.items FOR VALUES FROM (0) TO (9)",
                "CREATE FOREIGN TABLE shop.far PARTITION OF shop.items FOR VALUES FROM (10) TO (19) SERVER elsewhere");

        assertThatThrownBy(() -> run(addOne().withCondition(new SqlExpression("n = 0"))))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("table shop.items has partitions that are foreign tables (shop.far)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", KEY})
    void refusesToMoveRowsFromOnePartitionToAnother(String key) {
        partitioned(key);

        assertThatThrownBy(() -> run(
                        job(ITEMS, "n = n + 1, region = 'south'").withCondition(new SqlExpression("region = 'north'"))))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("changes region, ");
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(200);
    }

    @Test
    void namesThePartitionsThatARoleMayNotChange() throws SQLException {
        partitioned(KEY);
        String role = database.createRole("app");
        database.execute(
                "GRANT USAGE, CREATE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT SELECT, UPDATE ON shop.items, shop.south TO " + role,
                "GRANT SELECT ON shop.north_low TO " + role,
                "GRANT SELECT, UPDATE (n) ON shop.north_high TO " + role);

        try (var connection = database.connectAs(role)) {
            assertThatThrownBy(() -> engine.run(connection, addOne()))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("may not UPDATE shop.north_low: ");
            database.execute("GRANT UPDATE (n) ON shop.north_low TO " + role);
            engine.run(connection, addOneWhereNone(AxisKind.BLOCK));
        }
        assertEachRowChangedOnce(200);
    }

    @Test
    void isNotFooledByRowsThatAPolicyOfAPartitionHides() throws SQLException {
        partitioned(KEY);
        String role = database.createRole("app");
        database.execute(
                "GRANT USAGE, CREATE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT SELECT, UPDATE ON shop.items, shop.south, shop.north_low, shop.north_high TO " + role,
                "ALTER TABLE shop.south ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY half ON shop.south USING (id % 2 = 0)");

        try (var connection = database.connectAs(role)) {
            assertThatThrownBy(() -> engine.run(connection, addOne()))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("row-level security")
                    .hasMessageContaining("shop.south");
        }
        assertThat(database.rows("SELECT DISTINCT n FROM shop.items")).isEqualTo(List.of(List.of(0)));
    }
}
