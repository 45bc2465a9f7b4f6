package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host runs when its migrations are done. */
@PostgresTest
class RegisteredBackfillsIT {
    private static final Origin MIGRATION = new Origin(new Host("flyway", "history"), "V5__fill.sql", 1);

    private final TestDatabase database;
    private final Online online;

    RegisteredBackfillsIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database).as(MIGRATION);
    }

    @BeforeEach
    void orders() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, n bigint, m bigint)",
                "INSERT INTO orders SELECT i FROM generate_series(1, 500) i",
                "ANALYZE orders");
    }

    @Test
    void areThoseTooWhosePlaceInTheScriptWasAnotherStatementsThatFailed() throws SQLException {
        assertThatThrownBy(() -> online.run("sql", "sql", "ALTER TABLE nowhere ADD COLUMN n int"))
                .isInstanceOf(ExpandContractException.class);
        fill("n", "background");

        runRegistered();

        assertThat(state("n")).isEqualTo("finished");
    }

    @Test
    void areNotThoseThatAnotherStatementOfThePlaceHasLeft() throws SQLException {
        database.execute("ALTER TABLE orders ADD CONSTRAINT no_40 CHECK (id <> 40 OR n IS NULL)");
        assertThatThrownBy(() -> fill("n", "inline")).isInstanceOf(ExpandContractException.class);
        fill("m", "background");

        runRegistered();

        assertThat(state("n")).isEqualTo("finished with failures");
        assertThat(state("m")).isEqualTo("finished");
        database.execute("ALTER TABLE orders DROP CONSTRAINT no_40");
        runRegistered();
        assertThat(state("n")).isEqualTo("finished with failures");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areNotThoseThatAMigrationHasRunItselfWhateverAPersonDoesWithThem(boolean repairs) throws SQLException {
        fill("n", "inline");
        verify(repairs);

        runRegistered();

        assertThat(state("n")).isEqualTo("running");
    }

    @Test
    void areRepairedButNotVerified() throws SQLException {
        fill("n", "background");
        runRegistered();
        verify(false);
        runRegistered();
        assertThat(state("n")).isEqualTo("running");

        database.execute("UPDATE expand_contract_backfill SET state = 'finished'");
        verify(true);
        runRegistered();
        assertThat(state("n")).isEqualTo("finished");
    }

    /** It counts rows, without anybody having asked for it, when the application writes them faster than it finds them. */
    @Test
    void areGoneOnWithWhereTheRunItselfWasCountingWhenItStopped() throws SQLException {
        database.execute(
                "CREATE TABLE full_disk AS SELECT",
                """
                CREATE FUNCTION another() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO orders VALUES (OLD.id - 1); RETURN NULL;
                END $$""",
                "CREATE TRIGGER another AFTER UPDATE ON orders FOR EACH ROW WHEN (OLD.id < 2)"
                        + " EXECUTE FUNCTION another()",
                """
                CREATE FUNCTION is_undone(n bigint) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
                BEGIN
                  IF EXISTS (SELECT FROM full_disk, expand_contract_backfill WHERE phase = 'verify') THEN
                    RAISE 'no space left on device' USING ERRCODE = '53100';
                  END IF;
                  RETURN n IS NULL;
                END $$""");
        fill("n", "is_undone(n)", "background");
        assertThatThrownBy(this::runRegistered).hasMessageContaining("no space left on device");
        assertThat(database.<String>value("SELECT phase FROM expand_contract_backfill"))
                .isEqualTo("verify");
        database.execute(
                "DELETE FROM full_disk", "DROP TRIGGER another ON orders", "UPDATE orders SET n = id WHERE n IS NULL");

        runRegistered();

        assertThat(state("n")).isEqualTo("finished");
    }

    @ParameterizedTest
    @ValueSource(strings = {"paused", "cancelled"})
    void areNamedWhereSomebodyHoldsThem(String state) throws SQLException {
        fill("n", "background");
        online.as(new Origin(MIGRATION.host(), MIGRATION.migration(), 2));
        fill("m", "inline");
        database.execute("UPDATE expand_contract_backfill SET state = '" + state + "'");

        runRegistered();

        assertThat(state("n")).isEqualTo(state);
        assertThat(online.recorder.warnings)
                .containsExactly("Backfill orders.n of public.orders, which a migration has registered, is " + state
                        + " after 0 changed rows, and nobody goes on with it. If somebody is to: backfill resume"
                        + " orders.n, then migrate again; else there is nothing to do");
    }

    @Test
    void dependOnWhatTheModeCameTo() throws SQLException {
        database.execute(
                "VACUUM ANALYZE orders", "UPDATE pg_class SET reltuples = 500000 WHERE oid = 'orders'::regclass");
        online.withBackfills(BackfillMode.AUTO, true);
        fill("n", "auto");
        assertThat(state("n")).isEqualTo("registered");

        runRegistered();

        assertThat(state("n")).isEqualTo("finished");
    }

    private void fill(String column, String mode) {
        fill(column, column + " IS NULL", mode);
    }

    private void fill(String column, String condition, String mode) {
        online.run("backfill", "tableName", "orders", "set", column + " = id", "condition", condition, "mode", mode);
    }

    private void verify(boolean repairs) throws SQLException {
        try (Connection connection = database.connect()) {
            new BackfillControl(new Identifier("public")).verify(connection, "orders.n", repairs);
        }
    }

    private void runRegistered() throws SQLException {
        try (Connection connection = database.connect()) {
            new Runner(Settings.defaults(), online.recorder).runRegistered(online.target(connection), MIGRATION.host());
        }
    }

    private String state(String column) {
        return database.value("SELECT state FROM expand_contract_backfill WHERE name = 'orders." + column + "'");
    }
}
