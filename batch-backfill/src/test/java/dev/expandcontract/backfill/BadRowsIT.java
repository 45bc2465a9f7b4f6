package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that can't be changed as the job wants it. */
class BadRowsIT extends BackfillFixture {
    BadRowsIT(TestDatabase database) {
        super(database);
    }

    @Test
    void areFoundByHalvingAndRecordedAndTheRestIsDone() throws SQLException {
        fill(100);
        refuse("17, 73, 74");

        BackfillResult result = run(addOne());

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(result.rows()).isEqualTo(97).isEqualTo(count("shop.items WHERE n = 1"));
        assertThat(result.rowsFailed()).isEqualTo(3);
        assertThat(result.inWords()).isEqualTo("finished with failures (3 rows could not be changed)");
        assertThat(failedRows()).containsExactly("{17}", "{73}", "{74}");
        assertThat(database.rows("SELECT DISTINCT job, state, part::regclass::text, error FROM " + RANGES))
                .containsExactly(List.of(
                        "job",
                        "failed",
                        "shop.items",
                        "new row for relation \"items\" violates check constraint \"refused\" (SQLSTATE 23514)"));
        assertThat(recorder.failedRows)
                .hasSize(3)
                .anySatisfy(row -> assertThat(row).startsWith("[73]: new row for relation"));
        assertThat(recorder.results).containsExactly(result);
    }

    @Test
    void keepNothingFromBeingCountedThatWasDoneOfTheirRangeBefore() throws SQLException {
        fill(200);
        refuse("31");

        BackfillResult result = run(addOne().withCondition(new SqlExpression("n = 0")));

        assertThat(result.rows()).isEqualTo(199).isEqualTo(result.rowsNow()).isEqualTo(status().rowsDone());
        assertThat(status().pass()).as("it swept, as it had found rows").isEqualTo(2);
        assertThat(status().rowsPassed()).isLessThanOrEqualTo(230);
        accept();
        assertThat(run(addOne().withCondition(new SqlExpression("n = 0"))).rows())
                .isEqualTo(200);
    }

    @Test
    void areLeftAloneByWhoeverJoinsARunThatIsUnderWay() throws SQLException {
        fill(100);
        refuse("17");
        fillDiskAt(60);
        assertThatThrownBy(() -> run(addOne())).isInstanceOf(BackfillStopped.class);
        freeDisk();
        database.execute("UPDATE " + STATE + " SET state = 'running'");

        run(addOne());

        assertThat(recorder.failedRows).as("17 was tried once").hasSize(1);
        assertThat(status().rowsFailed()).isEqualTo(1);
    }

    @Test
    void keepTheJobFromBeingFinished() throws SQLException {
        fill(100);
        refuse("17");

        run(addOne());

        assertThat(status().state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(status().rowsFailed()).isEqualTo(1);
        try (var connection = database.connect()) {
            assertThat(engine.isFinished(connection, addOne())).isFalse();
            assertThat(engine.check(connection, addOne())).isEmpty();
            assertThat(engine.check(connection, job(ITEMS, "n = 9"))).hasSize(1);
        }
    }

    @Test
    void areShownByTheStatementThatTheMessageNames() {
        fill(100);
        refuse("17, 73");

        String message = engine.failuresInWords(run(addOne()));

        assertThat(message).contains("finished but for 2 rows, which could not be changed; 98 rows were");
        String select = message.replaceAll("(?s).*(SELECT .*? state = 'failed').*", "$1");
        assertThat(database.rows(select)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void areTheOnlyOnesThatTheNextRunTriesAndEachRowIsChangedOnce(Way way) {
        fill(100);
        refuse("17, 73, 74");
        BackfillJob job = way.of(addOne());
        assertThat(run(job).rowsFailed()).isEqualTo(3);

        accept();
        refuse("73");
        mend("17, 74");
        BackfillResult second = run(job);
        accept();
        mend("73");
        BackfillResult third = run(job);

        assertThat(second.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(second.rowsNow()).isEqualTo(2);
        assertThat(second.rowsFailed()).isEqualTo(1);
        assertThat(third.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(third.rowsNow()).isEqualTo(1);
        assertThat(third.rows()).isEqualTo(100);
        assertEachRowChangedOnce(100);
        assertThat(count(RANGES)).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Way.class, names = "BY_KEY", mode = EnumSource.Mode.EXCLUDE)
    void areTriedAgainByARepair(Way way) throws SQLException {
        fill(100);
        refuse("17, 73");
        BackfillJob job = way.of(addOne());
        run(job);
        accept();
        database.execute("UPDATE shop.items SET id = 101 WHERE id = 73");

        try (var connection = database.connect()) {
            new BackfillControl(STATE_SCHEMA).verify(connection, "job", true);
        }
        BackfillResult repaired = run(job);

        assertThat(repaired.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(repaired.rowsNow()).isEqualTo(2);
        assertEachRowChangedOnce(100);
        assertThat(count(RANGES)).isZero();
    }

    /** Ways through the table. */
    enum Way {
        BY_KEY {
            @Override
            BackfillJob of(BackfillJob job) {
                return job;
            }
        },
        BY_KEY_WITH_SWEEPS {
            @Override
            BackfillJob of(BackfillJob job) {
                return job.withCondition(new SqlExpression("n = 0"));
            }
        },
        IN_BLOCK_ORDER {
            @Override
            BackfillJob of(BackfillJob job) {
                return BY_KEY_WITH_SWEEPS.of(job).withOptions(job.options().with(o -> o.axis(AxisKind.BLOCK)));
            }
        };

        abstract BackfillJob of(BackfillJob job);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void areTriedOnceInARunHoweverManySweepsFollow(Way way) {
        fill(100);
        refuse("17, 73");

        run(way.of(addOne()));

        assertThat(recorder.failedRows).hasSize(2);
        assertThat(failedRows()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void areForgottenOnceTheyAreDeleted(Way way) {
        fill(100);
        refuse("17, 73");
        run(way.of(addOne()));
        database.execute("DELETE FROM shop.items WHERE id IN (17, 73)");

        assertThat(run(way.of(addOne())).state()).isEqualTo(BackfillState.FINISHED);
        assertEachRowChangedOnce(98);
    }

    @Test
    void stopTheJobWhenThereAreTooMany() throws SQLException {
        fill(100);
        refuse("17, 18, 43, 95");
        BackfillJob strict = addOne().withOptions(batchesOf(10).with(o -> o.maxFailures(2)));

        assertThatThrownBy(() -> run(strict))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("3 rows could not be changed, more than maxFailures (2)")
                .hasMessageContaining("what it does seems to be wrong, not the rows");
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(count("shop.items WHERE n = 1")).as("95 was not come to").isBetween(40L, 97L);

        accept();
        assertThat(run(strict).state()).isEqualTo(BackfillState.FINISHED);
        assertEachRowChangedOnce(100);
    }

    @Test
    void areLeftOutWhereMoreOfThemAreAllowedAfterwards() {
        fill(100);
        refuse("17, 18, 43, 95");
        BackfillJob strict = addOne().withOptions(batchesOf(10).with(o -> o.maxFailures(2)));
        assertThatThrownBy(() -> run(strict)).isInstanceOf(BackfillStopped.class);

        BackfillResult result = run(strict.withOptions(OptionsText.parse("maxFailures=4", strict.options())));

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(result.rowsFailed()).isEqualTo(4);
        assertThat(result.rows()).isEqualTo(96).isEqualTo(count("shop.items WHERE n = 1"));
    }

    @Test
    void stopTheJobAtTheFirstWhereNoneIsAllowed() {
        fill(100);
        refuse("55");

        assertThatThrownBy(() -> run(addOne().withOptions(batchesOf(10).with(o -> o.maxFailures(0)))))
                .hasMessageContaining("1 rows could not be changed, more than maxFailures (0)");
    }

    @Test
    void areFoundThoughTheErrorComesWithTheCommit() {
        fill(100);
        database.execute(
                "CREATE TABLE shop.owners (id bigint PRIMARY KEY)",
                "INSERT INTO shop.owners SELECT i FROM generate_series(1, 100) i WHERE i NOT IN (42, 43)",
                "ALTER TABLE shop.items ADD owner bigint REFERENCES shop.owners DEFERRABLE INITIALLY DEFERRED");
        BackfillJob job = job(ITEMS, "n = n + 1, owner = id");

        assertThat(run(job).rows()).isEqualTo(98);
        assertThat(failedRows()).containsExactly("{42}", "{43}");
        assertThat(database.<String>value("SELECT min(error) FROM " + RANGES))
                .contains("violates foreign key constraint")
                .endsWith("(SQLSTATE 23503)");

        database.execute("INSERT INTO shop.owners VALUES (42), (43)");
        run(job);
        assertEachRowChangedOnce(100);
    }

    /** As another process may have that goes on; here the sweep has one, from its first row on. */
    @Test
    void areTheSameInSessionsOfAnotherTimeZone() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (at timestamptz PRIMARY KEY, id bigint, n int)",
                "INSERT INTO shop.items SELECT '2026-01-01 00:00Z'::timestamptz + i * interval '1 h', i, 0"
                        + " FROM generate_series(1, 100) i",
                """
                CREATE FUNCTION shop.travel() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF OLD.id = 100 THEN
                    INSERT INTO shop.items VALUES ('2025-01-01', 0, 0);
                  ELSE
                    PERFORM set_config('TimeZone', 'Asia/Tokyo', false);
                  END IF;
                  RETURN NULL;
                END $$""",
                "CREATE TRIGGER travel AFTER UPDATE ON shop.items FOR EACH ROW WHEN (OLD.id IN (0, 100))"
                        + " EXECUTE FUNCTION shop.travel()");
        refuse("17");

        assertThat(run(Way.BY_KEY_WITH_SWEEPS.of(addOne())).rowsFailed()).isEqualTo(1);
        assertThat(failedRows()).hasSize(1);
    }

    /** As the engine's own SQL may have. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void areFoundInATableOfAnyName(Way way) {
        for (String name : List.of("f", "expand_contract_failed")) {
            database.execute(
                    "DROP TABLE IF EXISTS shop." + name,
                    "CREATE TABLE shop." + name + " (id bigint PRIMARY KEY, n int CHECK (n = 0 OR id <> 17))",
                    "INSERT INTO shop." + name + " SELECT i, 0 FROM generate_series(1, 100) i");
            BackfillJob job = BackfillJob.of(name, QualifiedName.of("shop", name), new SqlExpression("n = n + 1"))
                    .withOptions(batchesOf(10));

            assertThat(run(way.of(job)).rowsFailed()).as(name).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void areAlsoThoseOfWhichAValueIsTooLarge(Way way) {
        fill(100);
        database.execute("ALTER TABLE shop.items ADD t text", "CREATE INDEX ON shop.items (t)");
        String large = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 320) i)";

        BackfillResult result = run(way.of(job(ITEMS, "n = n + 1, t = CASE id WHEN 55 THEN " + large + " END")));

        assertThat(result.rows()).isEqualTo(99);
        assertThat(database.<String>value("SELECT error FROM " + RANGES))
                .startsWith("index row requires")
                .endsWith("(SQLSTATE 54000)");
    }

    /** As many errors as ranges, and no row to blame. */
    @ParameterizedTest
    @EnumSource(value = Way.class, names = "IN_BLOCK_ORDER")
    @Timeout(30)
    void areNotLookedForForEverWhereThereAreNone(Way way) throws SQLException {
        fill(1000);
        database.execute(
                "DELETE FROM shop.items",
                """
                CREATE FUNCTION shop.never() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  RAISE 'not on a Saturday';
                END $$""",
                "CREATE TRIGGER never BEFORE UPDATE ON shop.items EXECUTE FUNCTION shop.never()");

        assertThatThrownBy(() -> run(way.of(addOne())))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("not on a Saturday (SQLSTATE P0001)");
        assertThat(failedRows()).isEmpty();

        database.execute(
                "DROP TRIGGER never ON shop.items", "INSERT INTO shop.items SELECT i, 0 FROM generate_series(1, 50) i");
        assertThat(run(way.of(addOne())).state()).isEqualTo(BackfillState.FINISHED);
        assertEachRowChangedOnce(50);
    }

    @Test
    void areNamedByAllColumnsOfTheirKey() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (tenant int, id text COLLATE \"C\", n int DEFAULT 0, PRIMARY KEY (tenant, id))",
                "INSERT INTO shop.items SELECT i % 3, 'i, ' || i FROM generate_series(1, 99) i",
                "ALTER TABLE shop.items ADD CONSTRAINT refused CHECK (n = 0 OR id <> 'i, 50')");

        assertThat(run(Way.BY_KEY_WITH_SWEEPS.of(addOne())).rows()).isEqualTo(98);
        assertThat(database.rows("SELECT failed_row[1], failed_row[2] FROM " + RANGES))
                .containsExactly(List.of("2", "i, 50"));
        accept();
        run(Way.BY_KEY_WITH_SWEEPS.of(addOne()));
        assertEachRowChangedOnce(99);
    }

    @Test
    void areFoundInEachPartition() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int DEFAULT 0) PARTITION BY HASH (id)",
                "CREATE TABLE shop.even PARTITION OF shop.items FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE shop.odd PARTITION OF shop.items FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "INSERT INTO shop.items SELECT i FROM generate_series(1, 200) i");
        List<List<Object>> bad =
                database.rows("SELECT tableoid::regclass::text, min(id) FROM shop.items GROUP BY 1 ORDER BY 1");
        refuse(bad.get(0).get(1) + ", " + bad.get(1).get(1));

        assertThat(run(addOne()).rows()).isEqualTo(198);
        assertThat(database.rows("SELECT part::regclass::text, failed_row[1]::bigint FROM " + RANGES + " ORDER BY 1"))
                .isEqualTo(bad);
        accept();
        run(addOne());
        assertEachRowChangedOnce(200);
    }

    @Test
    void areFoundOnceBySeveralWorkers() {
        fill(2000);
        refuse("1, 500, 501, 999, 2000");
        BackfillJob shared = addOne().withOptions(batchesOf(20).with(o -> o.workers(4)));

        BackfillResult result = engine.run(database.dataSource()::getConnection, shared);

        assertThat(result.rows()).isEqualTo(1995);
        assertThat(failedRows()).hasSize(5).doesNotHaveDuplicates();
        accept();
        engine.run(database.dataSource()::getConnection, shared);
        assertEachRowChangedOnce(2000);
    }

    private void refuse(String ids) {
        database.execute(
                "ALTER TABLE shop.items ADD CONSTRAINT refused CHECK (n = 0 OR id NOT IN (" + ids + ")) NOT VALID");
    }

    private void accept() {
        database.execute("ALTER TABLE shop.items DROP CONSTRAINT refused");
    }

    /** As a person would: the rows are written anew, and lie elsewhere then. */
    private void mend(String ids) {
        database.execute("UPDATE shop.items SET n = 0 WHERE id IN (" + ids + ")");
    }

    private List<String> failedRows() {
        return database
                .rows("SELECT failed_row::text FROM " + RANGES + " WHERE state = 'failed' ORDER BY failed_row")
                .stream()
                .map(row -> (String) row.get(0))
                .toList();
    }
}
