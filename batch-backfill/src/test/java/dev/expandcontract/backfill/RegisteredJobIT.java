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
import org.junit.jupiter.api.Test;

class RegisteredJobIT extends BackfillFixture {
    RegisteredJobIT(TestDatabase database) {
        super(database);
    }

    @Test
    void isRunFromItsRowAlone() throws SQLException {
        fill(100);
        BackfillJob job = addOne().withOrigin("migration 7").withOptions(batchesOf(20));

        assertThat(register(job).state()).isEqualTo(BackfillState.REGISTERED);
        assertThat(count("shop.items WHERE n <> 0")).isZero();
        try (var connection = database.connect()) {
            BackfillJob fromRow = new BackfillEngine(STATE_SCHEMA, recorder).job(connection, "job");
            assertThat(fromRow).isEqualTo(job);
            assertThat(engine.run(connection, fromRow).batchesNow()).isEqualTo(5);
        }

        assertEachRowChangedOnce(100);
    }

    @Test
    void isWhatItWasWhateverItsWork() throws SQLException {
        database.execute("CREATE TABLE shop.copies (id bigint PRIMARY KEY, n int)");
        var condition = new SqlExpression("items.n IS NULL -- or '; ''");
        var copy = new BackfillWork.Copy(
                QualifiedName.of("shop", "copies"),
                new SqlExpression("id, n"),
                new SqlExpression("id, n + 1"),
                condition,
                true);
        var from = new BackfillWork.Update(
                new SqlExpression("n = c.n"), new SqlExpression("shop.copies c"), new SqlExpression("c.id = items.id"));
        BackfillOptions options = BackfillOptions.defaults()
                .with(o -> o.workers(3).speed(40).axis(AxisKind.KEY).lease(Duration.ofSeconds(3)));
        for (BackfillWork work : List.of(copy, from, new BackfillWork.Delete(condition))) {
            BackfillJob job = BackfillJob.of(work.kind(), ITEMS, work).withOptions(options);
            register(job);
            try (var connection = database.connect()) {
                assertThat(engine.job(connection, work.kind())).isEqualTo(job);
            }
        }
    }

    @Test
    void isEnteredInTheTransactionOfTheCaller() throws SQLException {
        fill(10);
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL lock_timeout = '7s'");
            assertThatThrownBy(() -> engine.register(connection, job(ITEMS, "nowhere = 1")))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("nowhere");
            engine.register(connection, addOne());
            try (var setting = statement.executeQuery("SHOW lock_timeout")) {
                setting.next();
                assertThat(setting.getString(1)).isEqualTo("7s");
            }
            connection.rollback();
            assertThat(new BackfillControl(STATE_SCHEMA).jobs(connection)).isEmpty();
            engine.register(connection, addOne());
            connection.commit();
        }

        assertThat(status().state()).isEqualTo(BackfillState.REGISTERED);
    }

    @Test
    void staysAsItIsWhenTheSameIsRegisteredAgain() throws SQLException {
        fill(10);
        register(addOne());
        register(addOne());
        run(addOne());
        assertThat(register(addOne()).state()).isEqualTo(BackfillState.FINISHED);
        run(addOne());
        assertEachRowChangedOnce(10);

        assertThat(register(addOne().withOrigin("another")).state()).isEqualTo(BackfillState.REGISTERED);
        assertThatThrownBy(() -> register(job(ITEMS, "n = 7")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("the name \"job\" belongs to a backfill that is not finished");
    }

    @Test
    void isOfTheLastOneThatRegisteredItUntilItIsBegun() throws SQLException {
        fill(10);
        register(addOne().withOrigin("migration 7"));

        BackfillStatus status = register(addOne().withOrigin("migration 8"));

        assertThat(status.state()).isEqualTo(BackfillState.REGISTERED);
        assertThat(status.origin()).isEqualTo("migration 8");
        run(addOne().withOrigin("migration 8"));
        assertEachRowChangedOnce(10);
    }

    @Test
    void coversWhatCameBeforeItsRun() throws SQLException {
        database.execute("CREATE TABLE shop.parted (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id)");
        database.execute("CREATE TABLE shop.p1 PARTITION OF shop.parted FOR VALUES FROM (0) TO (10)");
        BackfillJob job = job(QualifiedName.of("shop", "parted"), "n = 1");
        register(job);
        database.execute("CREATE TABLE shop.p2 PARTITION OF shop.parted FOR VALUES FROM (10) TO (20)");
        database.execute("INSERT INTO shop.parted SELECT i, 0 FROM generate_series(1, 19) i");

        assertThat(run(job).rows()).isEqualTo(19);
    }

    @Test
    void coversWhatCameSinceAnotherHasBegunTheSame() throws SQLException {
        fill(30);
        fillDiskAt(25);
        assertThatThrownBy(() -> run(addOne())).isInstanceOf(BackfillStopped.class);
        database.execute("INSERT INTO shop.items SELECT i, 0 FROM generate_series(31, 45) i");
        assertThat(register(addOne()).state()).isEqualTo(BackfillState.STOPPED);

        assertThat(register(addOne().withOrigin("another")).state()).isEqualTo(BackfillState.RUNNING);
        freeDisk();
        try (var connection = database.connect()) {
            engine.run(connection, engine.job(connection, "job"));
        }

        assertEachRowChangedOnce(45);
    }

    @Test
    void keepsItsPositionsAsAnySessionReadsThemWhateverTheCallerHasSet() throws SQLException {
        database.execute(
                "CREATE TABLE shop.spans (span interval PRIMARY KEY, n int)",
                "INSERT INTO shop.spans SELECT i * interval '-1 day 2 h', 0 FROM generate_series(1, 30) i",
                "CREATE FUNCTION shop.full() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$",
                "CREATE TRIGGER full_at BEFORE UPDATE ON shop.spans FOR EACH ROW"
                        + " WHEN (OLD.span = interval '-10 days 20 h') EXECUTE FUNCTION shop.full()");
        BackfillJob job = job(QualifiedName.of("shop", "spans"), "n = n + 1");
        assertThatThrownBy(() -> run(job)).isInstanceOf(BackfillStopped.class);
        database.execute("INSERT INTO shop.spans VALUES ('1 day 02:00', 0), ('1 year -3 days', 0)");

        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL IntervalStyle = 'sql_standard'");
            engine.register(connection, job.withOrigin("another"));
            try (var setting = statement.executeQuery("SHOW IntervalStyle")) {
                setting.next();
                assertThat(setting.getString(1)).isEqualTo("sql_standard");
            }
            connection.commit();
        }

        assertThat(database.<String>value("SELECT upper_bound[1] FROM " + STATE))
                .isEqualTo("1 year -3 days");
        database.execute("DROP TRIGGER full_at ON shop.spans");
        assertThat(run(job.withOrigin("another")).rows()).isEqualTo(32);
        assertThat(count("shop.spans WHERE n = 1")).isEqualTo(32);
    }

    @Test
    void namesTheNearestWhereThereIsNone() throws SQLException {
        register(addOne());
        try (var connection = database.connect()) {
            assertThatThrownBy(() -> engine.job(connection, "jbo"))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("there is no backfill \"jbo\"")
                    .hasMessageContaining("did you mean job?");
        }
    }

    private BackfillStatus register(BackfillJob job) throws SQLException {
        try (var connection = database.connect()) {
            return engine.register(connection, job);
        }
    }
}
