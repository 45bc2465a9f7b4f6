package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class OrdinaryScriptsIT {
    private final TestDatabase database;
    private final Path directory;
    private final Migrations migrations;

    OrdinaryScriptsIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text);",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two');");
        migrations.migrate();
    }

    @Test
    void waitForALockWithoutMakingTheApplicationWait() {
        migrations.script("V2__orders.sql", "ALTER TABLE orders ADD COLUMN total int;");
        try (Workload application = Workload.start(
                        database,
                        Workload.statement("shop", "SELECT * FROM orders").times(2));
                LockHolder writer = LockHolder.hold(database, "UPDATE orders SET note = 'held' WHERE id = 2")) {
            CompletableFuture<Void> released = writer.releaseAfter(Duration.ofSeconds(3));
            migrations
                    .flyway(c -> c.placeholders(Map.of("expandcontract.lockTimeout", "500ms")))
                    .migrate();
            assertThat(released).as("who was waited for").isDone();
            released.join();
            Workload.Report report = application.stop();
            assertThat(report.errorCount()).isZero();
            assertThat(report.slowest()).isLessThan(Duration.ofMillis(700));
        }
        assertThat(migrations.history()).hasSize(2);
    }

    @Test
    void giveUpWhenTheBudgetIsSpentAndLeaveNothing() {
        migrations.script("V2__orders.sql", "CREATE TABLE more ();", "ALTER TABLE orders ADD COLUMN total int;");
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET note = 'held' WHERE id = 2")) {
            Throwable failure = catchThrowable(() -> migrations
                    .flyway(c -> c.placeholders(
                            Map.of("expandcontract.lockTimeout", "100ms", "expandcontract.lockBudget", "1s")))
                    .migrate());
            assertThat(Migrations.cause(failure, LockNotAcquired.class).blockers())
                    .anyMatch(blocker -> blocker.pid() == writer.pid());
        }
        assertThat(migrations.history()).hasSize(1);
        assertThat(migrations.migrate().migrationsExecuted).isOne();
    }

    @Test
    void runWithALockTimeoutUnlessTheySetTheirOwn() {
        migrations.script(
                "V2__seen.sql", "CREATE TABLE seen AS SELECT 2 AS script, current_setting('lock_timeout') AS timeout;");
        migrations.script(
                "V3__seen.sql",
                "SET LOCAL lock_timeout = '7s';",
                "INSERT INTO seen SELECT 3, current_setting('lock_timeout');");
        migrations.script(
                "V4__seen.sql",
                "INSERT INTO seen SELECT 4, current_setting('lock_timeout');",
                "ALTER TABLE orders ADD COLUMN total int;");
        migrations.script("V4__seen.sql.conf", "executeInTransaction=false");
        migrations.script(
                "V5__seen.sql", "VACUUM seen;", "INSERT INTO seen SELECT 5, current_setting('lock_timeout');");
        migrations.script("V5__seen.sql.conf", "executeInTransaction=false");
        migrations.migrate();
        assertThat(database.<String>value("SELECT string_agg(timeout, ' ' ORDER BY script) FROM seen"))
                .isEqualTo("1s 7s 1s 0");
    }

    @Test
    void lockNothingWhileTheRowsThatComeFirstAreWritten() {
        migrations.script(
                "V2__seen.sql",
                "INSERT INTO orders VALUES (3, (SELECT count(*)::text FROM pg_locks WHERE relation = 'orders'::regclass"
                        + " AND mode = 'AccessExclusiveLock'));",
                "ALTER TABLE orders ADD COLUMN total int;");
        migrations.migrate();

        assertThat(database.<String>value("SELECT note FROM orders WHERE id = 3"))
                .isEqualTo("0");
    }

    @Test
    void thatNobodyCanReadRunUnderTheLockTimeoutToo() {
        migrations.script(
                "V2__seen.sql", "DO $$ BEGIN INSERT INTO orders VALUES (3, current_setting('lock_timeout')); END $$;");
        migrations.migrate();

        assertThat(database.<String>value("SELECT note FROM orders WHERE id = 3"))
                .isEqualTo("1s");
    }

    @Test
    void keepALockTimeoutThatTheUserHasSetForTheSession() {
        migrations.script("V2__seen.sql", "UPDATE orders SET note = current_setting('lock_timeout');");
        migrations.flyway(c -> c.initSql("SET lock_timeout = '30s'")).migrate();
        assertThat(database.<String>value("SELECT max(note) FROM orders")).isEqualTo("30s");
    }

    @Test
    void inOneTransactionWithOthersDoNotWaitWhileTheyHoldTheLocksOfOthers() {
        migrations.script("V2__more.sql", "CREATE TABLE more (id int);");
        migrations.migrate();
        migrations.script("V3__orders.sql", "ALTER TABLE orders ADD COLUMN total int;");
        migrations.script("V4__more.sql", "ALTER TABLE more ADD COLUMN total int;");
        try (Workload application = Workload.start(
                        database,
                        Workload.statement("shop", "SELECT * FROM orders").times(2));
                LockHolder reader = LockHolder.hold(database, "SELECT * FROM more")) {
            Throwable failure =
                    catchThrowable(() -> migrations.flyway(c -> c.group(true)).migrate());
            assertThat(Migrations.cause(failure, LockNotAcquired.class).blockers())
                    .anyMatch(blocker -> blocker.pid() == reader.pid());
            assertThat(application.stop().slowest()).isLessThan(Duration.ofSeconds(4));
        }
        migrations.flyway(c -> c.group(true)).migrate();
        assertThat(migrations.history()).hasSize(4);
    }

    @Test
    void meetTheirTablesHoweverTheyNameThem() {
        migrations.script(
                "V2__any.sql",
                "CREATE SCHEMA other;",
                "SET search_path = other, public;",
                "CREATE TABLE orders (id int);",
                "ALTER TABLE orders ADD COLUMN only_here int;",
                "CREATE TEMP TABLE scratch (id int);",
                "ALTER TABLE scratch ADD COLUMN b int;",
                "CREATE VIEW v AS SELECT * FROM public.orders;",
                "DROP VIEW v;",
                "DROP TABLE IF EXISTS never_there;",
                "ALTER TABLE orders RENAME TO \"Orders\";",
                "ALTER TABLE \"Orders\" RENAME COLUMN id TO \"Id\";");
        migrations.script(
                "V3__view.sql", "CREATE VIEW v AS SELECT * FROM orders;", "CREATE MATERIALIZED VIEW m AS SELECT 1;");
        migrations.script("V4__view.sql", "ALTER TABLE v RENAME TO w;", "DROP VIEW w;", "DROP MATERIALIZED VIEW m;");
        migrations.migrate();
        assertThat(migrations.history()).hasSize(4);
        assertThat(
                        database.<Long>value(
                                "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'other' AND table_name = 'Orders'"))
                .isEqualTo(2);
    }

    @Test
    void referToTablesThatTheyMayNotLock() {
        String role = database.createRole("migrator");
        database.execute(
                "CREATE TABLE shared (id bigint PRIMARY KEY)",
                "GRANT REFERENCES ON shared TO " + role,
                "CREATE SCHEMA mine AUTHORIZATION " + role);
        migrations.script("V1__shop.sql", "CREATE TABLE own (id bigint REFERENCES public.shared);");
        Flyway flyway = Flyway.configure()
                .dataSource(database.url(), role, role)
                .defaultSchema("mine")
                .locations("filesystem:" + directory)
                .load();
        assertThat(flyway.migrate().migrationsExecuted).isOne();
    }
}
