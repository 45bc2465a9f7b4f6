package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.ChildRunner.Task;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody changes the table, or the server's disk is full, while a job is at it. */
class ChangedUnderItIT extends BackfillFixture {
    private static final int ROWS = 300;

    ChangedUnderItIT(TestDatabase database) {
        super(database);
    }

    /** About 18 rows in a block, so that block order has as many batches as key order. */
    private void fillBlocks() {
        database.execute("ALTER TABLE shop.items SET (fillfactor = 10)");
        fill(ROWS);
    }

    private static BackfillJob tens(AxisKind axis) {
        return addOne().withCondition(new SqlExpression("n = 0"))
                .withOptions(batchesOf(10).with(o -> o.axis(axis).lease(Duration.ofMillis(200))));
    }

    /** The change is made when the range of the last rows waits for a lock, and all before it are done. */
    private void runAnd(String change, BackfillJob job) throws SQLException {
        try (Connection connection = database.connect();
                var holder = LockHolder.hold(database, "SELECT * FROM shop.items WHERE id > 295 FOR UPDATE")) {
            new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
                        private boolean isDone;

                        @Override
                        public void waiting(BackfillWait wait) {
                            if (!isDone && count("shop.items WHERE n = 1") > 200) {
                                isDone = true;
                                holder.close();
                                database.execute(change);
                            }
                        }
                    })
                    .run(connection, job);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            KEY   | VACUUM FULL shop.items
            BLOCK | VACUUM FULL shop.items
            KEY   | CLUSTER shop.items USING items_pkey
            BLOCK | CLUSTER shop.items USING items_pkey
            KEY   | ALTER TABLE shop.items SET UNLOGGED
            BLOCK | ALTER TABLE shop.items SET UNLOGGED
            KEY   | ALTER TABLE shop.items DROP CONSTRAINT items_pkey
            BLOCK | ALTER TABLE shop.items DROP CONSTRAINT items_pkey
            BLOCK | ALTER TABLE shop.items ADD extra timestamptz DEFAULT clock_timestamp()
            """)
    void goesOnAndChangesEachRowOnce(AxisKind axis, String change) throws SQLException {
        fillBlocks();

        runAnd(change, tens(axis));

        assertEachRowChangedOnce(ROWS);
        assertThat(status().rowsDone()).isEqualTo(ROWS);
        assertThat(status().state()).isEqualTo(BackfillState.FINISHED);
    }

    @ParameterizedTest
    @EnumSource
    void endsWhereTheTableIsTruncated(AxisKind axis) throws SQLException {
        fillBlocks();

        runAnd("TRUNCATE shop.items", tens(axis));

        assertThat(status().state()).isEqualTo(BackfillState.FINISHED);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheRowsThatComeAfterATruncation(AxisKind axis) throws SQLException {
        fillBlocks();
        database.execute("CREATE PROCEDURE shop.refill() LANGUAGE plpgsql AS $$ BEGIN TRUNCATE shop.items;"
                + " INSERT INTO shop.items SELECT i, 0 FROM generate_series(1, 300) i; END $$");

        runAnd("CALL shop.refill()", tens(axis));

        assertEachRowChangedOnce(ROWS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            KEY   | DROP TABLE shop.items          | the table was dropped
            BLOCK | DROP TABLE shop.items          | the table was dropped
            KEY   | DROP TABLE shop.items; CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) | the table was dropped
            KEY   | ALTER TABLE shop.items DROP n  | column "n" does not exist
            BLOCK | ALTER TABLE shop.items DROP n  | does not exist
            KEY   | ALTER TABLE shop.items DROP id | column items.id does not exist
            BLOCK | ALTER TABLE shop.items RENAME TO things | relation "shop.items" does not exist
            """)
    void stopsAndSaysWhy(AxisKind axis, String change, String reason) throws SQLException {
        fillBlocks();
        BackfillJob job = axis == AxisKind.BLOCK
                ? tens(axis)
                : addOne().withOptions(tens(axis).options());

        assertThatThrownBy(() -> runAnd(change, job))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining(reason);

        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(status().error()).contains(reason);
    }

    /** As a full disk is told of (53100), or another limit of the server (53400). */
    @ParameterizedTest
    @ValueSource(strings = {"disk_full", "out_of_memory", "configuration_limit_exceeded"})
    void stopsWhereTheServerHasNoRoomAndGoesOnWhenItHas(String condition) throws SQLException {
        fill(100);
        database.execute(
                """
                CREATE FUNCTION shop.full() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  RAISE EXCEPTION USING errcode = '%s', message = 'could not extend file';
                END $$""".formatted(condition),
                "CREATE TRIGGER full_up AFTER UPDATE ON shop.items FOR EACH ROW WHEN (NEW.id = 55) EXECUTE FUNCTION shop.full()");

        assertThatThrownBy(() -> run(addOne()))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("could not extend file (SQLSTATE 53")
                .hasMessageContaining("50 rows of about ");

        assertThat(status().rowsDone()).isEqualTo(50);
        database.execute("DROP TRIGGER full_up ON shop.items");
        long began = System.nanoTime();
        run(addOne());
        assertEachRowChangedOnce(100);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("it waits for nobody's lease")
                .isLessThan(addOne().options().lease());
    }

    @Test
    void goesOnBesideAnOldSnapshot() throws SQLException {
        fillBlocks();
        try (var holder =
                LockHolder.hold(database, "DECLARE old_look CURSOR FOR SELECT * FROM shop.items", "FETCH old_look")) {
            run(tens(AxisKind.BLOCK));

            assertThat(holder.pid()).isPositive();
        }
        assertEachRowChangedOnce(ROWS);
    }

    /** Of the time that passes there every look takes a second. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey",
                "ALTER TABLE shop.items DROP CONSTRAINT items_pkey, ALTER id DROP NOT NULL; CREATE UNIQUE INDEX ON shop.items (id)",
                "ALTER TABLE shop.items ALTER id TYPE numeric"
            })
    void endsWhereItsKeyIsNoneAnyMore(String change) throws SQLException {
        fill(ROWS);
        var seconds = new ManualTiming(Duration.ofSeconds(1));
        var changing = new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                database.execute(change);
            }
        };
        try (var connection = database.connect()) {
            assertThatThrownBy(() -> new BackfillEngine(STATE_SCHEMA, changing, seconds).run(connection, addOne()))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("the table was altered: id, the key that the batches follow, is no");
        }
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(count("shop.items WHERE n = 1"))
                .isEqualTo(status().rowsDone())
                .isLessThan(ROWS);
        assertThat(count("shop.items WHERE n > 1")).isZero();
    }

    @Test
    void goesOnWhereAnotherIndexHasTakenOverTheKey() throws SQLException {
        fill(ROWS);
        var replacing = new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                database.execute(
                        "CREATE UNIQUE INDEX another ON shop.items (id)",
                        "ALTER TABLE shop.items DROP CONSTRAINT items_pkey",
                        "ALTER TABLE shop.items ALTER id SET NOT NULL");
            }
        };
        try (var connection = database.connect()) {
            new BackfillEngine(STATE_SCHEMA, replacing, new ManualTiming(Duration.ofSeconds(1)))
                    .run(connection, addOne());
        }
        assertEachRowChangedOnce(ROWS);
    }

    @Test
    @Tag("slow")
    void needsLittleMemoryForManyRows() {
        fill(1_000_000);
        var task = new Task(AxisKind.KEY, "n = n + 1", null, 10_000, Duration.ofSeconds(15), 4, 64);

        try (var child = ChildRunner.start(database, task)) {
            assertThat(ChildRunner.rows(child)).isEqualTo(1_000_000);
        }
        assertEachRowChangedOnce(1_000_000);
    }
}
