package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.license.VersionPrinter;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backfills that scripts register: Flyway runs them when its migrations are done. */
@PostgresTest
class BackgroundIT {
    private static final String FILL =
            "CALL online.backfill(table_name => 'orders', set => 'n = coalesce(n, 0) + 1', mode => 'background');";

    private final TestDatabase database;
    private final Migrations migrations;
    private final Path directory;

    BackgroundIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void scripts() {
        database.reset();
        migrations.script(
                "V1__orders.sql",
                "CREATE TABLE orders (id int PRIMARY KEY, n int);",
                "INSERT INTO orders SELECT i FROM generate_series(1, 2000) i;");
        migrations.script("V2__fill.sql", FILL);
        migrations.script("V3__after.sql", "CREATE TABLE after_fill AS SELECT count(n) AS filled FROM orders;");
    }

    @Test
    void areRunWhenAllMigrationsAreDone() {
        assertThat(migrations.migrate().migrationsExecuted).isEqualTo(3);

        assertThat(database.<Long>value("SELECT filled FROM after_fill")).isZero();
        assertFilledOnce();
        migrations.migrate();
        assertFilledOnce();
    }

    @Test
    void onANewDatabaseAreDoneWhereALaterMigrationAwaitsThem() {
        migrations.script(
                "V3__after.sql",
                "CALL online.await_backfill(backfill_name => 'orders.n');",
                "CALL online.add_not_null(table_name => 'orders', column_name => 'n');");

        assertThat(migrations.migrate().migrationsExecuted).isEqualTo(3);
        assertFilledOnce();
    }

    @Test
    void areLeftToAWorkerWhereThereIsOne() {
        withWorker().migrate();
        assertThat(state()).isEqualTo("registered");
        withWorker().migrate();
        assertThat(state()).isEqualTo("registered");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areRunWithoutFlywaysLock(boolean isTransactional) {
        withWorker().migrate();
        Flyway one = withLock(isTransactional);
        Flyway other = withLock(isTransactional);
        try (LockHolder holder = LockHolder.hold(database, "SELECT FROM orders WHERE id = 1500 FOR UPDATE")) {
            CompletableFuture<Void> first = OwnThread.run(one::migrate);
            Awaitility.await().until(() -> filled() > 0);
            migrations.script("V4__meanwhile.sql", "CREATE TABLE meanwhile ();");
            CompletableFuture<Void> second = OwnThread.run(other::migrate);
            Awaitility.await().until(() -> migrations.history().contains("V4__meanwhile.sql SQL true"));
            assertThat(first).isNotDone();
            assertThat(state()).isEqualTo("running");
            holder.release();
            first.join();
            second.join();
        }
        boolean isKept =
                !VersionPrinter.getVersion().matches("1[01]\\..*"); // older ones can't tell it from the default
        assertThat(SessionLock.isChosen(other.getConfiguration())).isEqualTo(!(isTransactional && isKept));
        assertFilledOnce();
    }

    @Test
    void goOnAtTheNextMigrateWhenTheProcessWasKilled() {
        migrations.migrate();
        migrations.script("V4__again.sql", FILL);
        try (LockHolder holder = LockHolder.hold(database, "SELECT FROM orders WHERE id = 1500 FOR UPDATE");
                ChildJvm child = ChildJvm.start(
                        FlywayToBeKilled.class,
                        database.user(),
                        database.password(),
                        String.valueOf(Integer.MAX_VALUE),
                        database.url(),
                        directory.toString())) {
            Awaitility.await().until(() -> database.<Long>value("SELECT count(*) FROM orders WHERE n = 2") > 0);
            child.kill();
            holder.release();
            endLeases(database);
        }
        assertThat(migrations.history()).contains("V4__again.sql SQL true");

        assertThat(migrations.migrate().migrationsExecuted).isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE n = 2"))
                .isEqualTo(2000);
    }

    @Test
    void failMigrateUntilTheyAreDoneThoughItsMigrationsAre() {
        migrations.script("V1_1__check.sql", "ALTER TABLE orders ADD CONSTRAINT not_7 CHECK (id <> 7 OR n IS NULL);");

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(migrations::migrate)
                    .isInstanceOf(FlywayException.class)
                    .hasMessageContaining("The migrations are done, but not all that they have registered: Backfill"
                            + " \"orders.n\" of public.orders is finished but for 1 rows")
                    .hasMessageContaining("The next migrate goes on with it, whether a migration is pending or not");
        }
        assertThat(migrations.history()).hasSize(4).allMatch(row -> row.endsWith("true"));
        assertThat(migrations.notes()).containsExactly("backfill 1 done true");
        database.execute("ALTER TABLE orders DROP CONSTRAINT not_7");
        assertThat(migrations.migrate().migrationsExecuted).isZero();
        assertFilledOnce();
    }

    @Test
    void areRunThoughTheScriptHadAnotherFormWhenItFailed() {
        migrations.script("V2__fill.sql", "ALTER TABLE nowhere ADD COLUMN n int;", FILL);
        assertThatThrownBy(migrations::migrate).hasStackTraceContaining("nowhere");

        migrations.script("V2__fill.sql", FILL);
        migrations.migrate();

        assertFilledOnce();
    }

    @Test
    void ofAnotherHistoryAreNotTouched(@TempDir Path other) {
        withWorker().migrate();
        Migrations.write(other, "V1__else.sql", "CREATE TABLE something_else ();");

        Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .table("other_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .locations("filesystem:" + other)
                .load()
                .migrate();

        assertThat(state()).isEqualTo("registered");
    }

    @Test
    void ofAMigrationThatFailedAreNotTakenForRegistered() {
        migrations.script("V2__fill.sql", FILL.replace("'background'", "'inline'"));
        migrations.script(
                "V1_1__trigger.sql",
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS",
                "$$BEGIN RAISE 'no space' USING ERRCODE = '53100'; END$$;",
                "CREATE TRIGGER full_disk BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION full_disk();");
        migrations.script("V3__after.sql", "DROP TRIGGER full_disk ON orders;");
        assertThatThrownBy(migrations::migrate).hasStackTraceContaining("no space");
        migrations.script("V2__fill.sql", "SELECT 'the backfill was given up';");
        migrations.migrate();

        assertThat(state()).isEqualTo("stopped");
    }

    /** As if the time had passed for which a range is kept for a worker that is gone. */
    static void endLeases(TestDatabase database) {
        String ranges = "expand_contract_backfill_range";
        if (database.<Boolean>value("SELECT to_regclass(?) IS NOT NULL", ranges)) {
            database.execute("UPDATE " + ranges + " SET due_at = clock_timestamp() WHERE state = 'claimed'");
        }
    }

    private Flyway withWorker() {
        return migrations.flyway(c -> c.placeholders(Map.of("expandcontract.backfill.worker", "true")));
    }

    @SuppressWarnings("deprecation") // what newer versions want instead is not in the oldest that we serve
    private Flyway withLock(boolean isTransactional) {
        Flyway flyway = migrations.flyway();
        flyway.getConfiguration()
                .getPluginRegister()
                .getPlugin(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(isTransactional);
        return flyway;
    }

    private String state() {
        return database.value("SELECT state FROM expand_contract_backfill");
    }

    private long filled() {
        return database.<Long>value("SELECT count(n) FROM orders");
    }

    private void assertFilledOnce() {
        assertThat(database.rows("SELECT n, count(*) FROM orders GROUP BY n").toString())
                .isEqualTo("[[1, 2000]]");
    }
}
