package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who does the work of a backfill that a migration asks for. */
@PostgresTest
class BackfillModesIT {
    private static final Object[] FILL = {"tableName", "orders", "set", "n = id", "condition", "n IS NULL"};
    private static final Origin MIGRATION = new Origin(new Host("flyway", "history"), "V7__fill.sql", 2);

    private final TestDatabase database;
    private final Online online;

    BackfillModesIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void orders() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, n bigint)",
                "INSERT INTO orders SELECT i FROM generate_series(1, 500) i",
                "ANALYZE orders");
    }

    @Test
    void inTheBackgroundAMigrationOnlyRegistersItAndGoesOn() {
        online.as(MIGRATION).run("backfill", with("mode", "background"));

        assertThat(state()).isEqualTo("registered");
        assertThat(filled()).isZero();
        assertThat(online.recorder.progress)
                .contains("Backfill orders.n of public.orders is registered, about 500 rows; the migration goes on:"
                        + " nothing runs it by itself; run `backfill work` on the command line, or a BackfillWorker in"
                        + " Java");
        assertThat(database.<String>value("SELECT state FROM expand_contract_operation"))
                .isEqualTo("done");

        work();
        assertThat(filled()).isEqualTo(500);
        online.as(Origin.java()).run("backfill", with("mode", "background"));
        assertThat(state()).as("asked for by another").isEqualTo("registered");
    }

    @Test
    void aMigrationThatWasKilledBeforeItsNoteRegistersNothingTwice() {
        online.as(MIGRATION).run("backfill", with("mode", "background"));
        String origin = database.value("SELECT origin FROM expand_contract_backfill");
        killedBeforeItsNote();
        online.as(MIGRATION).run("backfill", with("mode", "background"));
        assertThat(database.<String>value("SELECT origin FROM expand_contract_backfill"))
                .isEqualTo(origin);

        work();
        killedBeforeItsNote();
        online.recorder.progress.clear();
        online.as(MIGRATION).run("backfill", with("mode", "background"));
        assertThat(state()).isEqualTo("finished");
        assertThat(online.recorder.progress).contains("Backfill orders.n of public.orders is finished already");
    }

    private void killedBeforeItsNote() {
        database.execute("UPDATE expand_contract_operation SET state = 'running', finished_at = NULL");
    }

    @ParameterizedTest
    @CsvSource({
        "INLINE, true, 500000, finished",
        "BACKGROUND, false, 10, registered",
        "AUTO, false, 500000, finished",
        "AUTO, true, 99000, finished",
        "AUTO, true, 101000, registered"
    })
    void dependsOnTheSettingTheWorkerAndTheSize(BackfillMode mode, boolean hasWorker, int estimated, String state) {
        estimate(estimated);

        online.withBackfills(mode, hasWorker).run("backfill", FILL);

        assertThat(state()).isEqualTo(state);
    }

    @Test
    void isAnAttributeThatGoesBeforeTheSetting() {
        online.withBackfills(BackfillMode.BACKGROUND, true).run("backfill", with("mode", "inline"));
        assertThat(filled()).isEqualTo(500);

        online.run("deleteRows", "tableName", "orders", "condition", "id > 400");
        database.execute("CREATE TABLE copies (id bigint PRIMARY KEY, n bigint)");
        online.run("copyRows", "tableName", "orders", "targetTableName", "copies");
        assertThat(database.rows("SELECT name, state FROM expand_contract_backfill ORDER BY name")
                        .toString())
                .isEqualTo("[[orders.copy.copies, registered], [orders.delete, registered], [orders.n, finished]]");
        assertThat(online.recorder.progress)
                .anyMatch(line ->
                        line.contains("a worker of another process runs it, as expandcontract.backfill.worker"));
        work();
        assertThat(database.<Long>value("SELECT count(*) FROM copies")).isEqualTo(400);
    }

    @Test
    void onANewDatabaseNoMigrationHasToWaitForAnotherProcess() {
        database.execute("TRUNCATE orders");

        online.run("backfill", with("mode", "background"));
        online.run("awaitBackfill", "backfillName", "orders.n");
        online.run("addNotNull", "tableName", "orders", "columnName", "n");

        assertThat(state()).isEqualTo("finished");
    }

    @Test
    void refusesAModeThatItDoesNotKnow() {
        assertThatThrownBy(() -> online.run("backfill", with("mode", "later")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("attribute mode: expected inline, background or auto but found later");
    }

    @Test
    void refusesWhatCouldNotRunBeforeItIsRegistered() {
        assertThatThrownBy(
                        () -> online.run("backfill", "tableName", "orders", "set", "nowhere = 1", "mode", "background"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void warnsOfOneThatNobodyGoesOnWith() {
        online.run("backfill", with("mode", "background"));
        database.execute("UPDATE expand_contract_backfill SET state = 'paused'");
        online.run("backfill", with("mode", "background"));

        assertThat(online.recorder.warnings)
                .anyMatch(line -> line.contains("is paused") && line.contains("until it is resumed"));
    }

    @Test
    void keepsNotNullWaitingUntilTheColumnIsFilled() {
        online.run("backfill", with("mode", "background"));

        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "orders", "columnName", "n"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining(
                        "backfill \"orders.n\", which fills this column, is registered: 0.0 %, 0 of about 500")
                .hasMessageContaining("awaitBackfill");
        work();
        online.run("addNotNull", "tableName", "orders", "columnName", "n");
    }

    /** Each row that is done makes another one that is not. */
    @Test
    void rowsThatAreKnownToBeUndoneKeepWhatComesNextWaiting() {
        database.execute(
                """
                CREATE FUNCTION another() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO orders VALUES (OLD.id - 1); RETURN NULL;
                END $$""",
                "CREATE TRIGGER another AFTER UPDATE ON orders FOR EACH ROW WHEN (OLD.id < 2)"
                        + " EXECUTE FUNCTION another()");

        for (String operation : List.of("backfill", "awaitBackfill")) {
            Object[] attributes = operation.equals("backfill") ? FILL : new Object[] {"backfillName", "orders.n"};
            assertThatThrownBy(() -> online.run(operation, attributes))
                    .as(operation)
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("Backfill \"orders.n\" of public.orders is finished but for 1 rows");
        }
        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "orders", "columnName", "n"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("is finished with failures: verify (pass 2")
                .hasMessageContaining("1 not done");

        database.execute("DROP TRIGGER another ON orders");
        online.run("awaitBackfill", "backfillName", "orders.n");
        online.run("addNotNull", "tableName", "orders", "columnName", "n");
    }

    @Test
    void whatIsRegisteredHindersNobodyWhoMayNotSeeIt() throws SQLException {
        online.as(MIGRATION).run("backfill", with("mode", "background"));
        var runner = new Runner(Settings.defaults(), online.recorder);

        try (Connection stranger = database.connectAs(database.createRole("stranger"))) {
            runner.runRegistered(new Target(stranger, null, new Identifier("public")), MIGRATION.host());
        }
        assertThat(state()).isEqualTo("registered");

        try (Connection connection = database.connect()) {
            runner.runRegistered(online.target(connection), new Host("flyway", "another"));
            assertThat(state()).isEqualTo("registered");
            database.execute("COMMENT ON TABLE expand_contract_operation IS 'layout 99'");
            runner.runRegistered(online.target(connection), MIGRATION.host());
            assertThat(state()).isEqualTo("registered");
            assertThat(online.recorder.warnings).anyMatch(line -> line.contains("is not run: "));
        }
    }

    private static Object[] with(String attribute, String value) {
        Object[] all = Arrays.copyOf(FILL, FILL.length + 2);
        all[FILL.length] = attribute;
        all[FILL.length + 1] = value;
        return all;
    }

    /** As if the table had so many rows: the planner believes the catalogue's density, and the file's size. */
    private void estimate(int rows) {
        database.execute(
                "VACUUM ANALYZE orders", "UPDATE pg_class SET reltuples = " + rows + " WHERE oid = 'orders'::regclass");
    }

    private void work() {
        BackfillOutcome.throwFailures(
                new BackfillWorker(new BackfillEngine(new Identifier("public")), database::connect).runAll());
    }

    private String state() {
        return database.value("SELECT state FROM expand_contract_backfill");
    }

    private long filled() {
        return database.<Long>value("SELECT count(*) FROM orders WHERE n = id");
    }
}
