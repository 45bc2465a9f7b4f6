package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.operation.AddCheck;
import dev.expandcontract.operation.Backfill;
import dev.expandcontract.operation.Sql;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class OnlineMigrationIT {
    /** Fails in the middle, the first time. */
    public static final class AddTotal extends OnlineMigration {
        private boolean hasFailed;

        @Override
        protected void migrate(OnlineOperations online) {
            online.run(new Sql(new SqlExpression("ALTER TABLE orders ADD COLUMN total int"), null));
            if (!hasFailed) {
                hasFailed = true;
                throw new IllegalStateException("no more");
            }
            online.run(new AddCheck(
                    QualifiedName.parse("orders"), new SqlExpression("total > 0"), new Identifier("positive"), null));
        }

        @Override
        public MigrationVersion getVersion() {
            return MigrationVersion.fromVersion("2");
        }

        @Override
        public String getDescription() {
            return "add total";
        }

        @Override
        protected void init() {}
    }

    /** Adds one to each number, in the background; with a checksum it is repeatable. */
    public static final class AddOne extends OnlineMigration {
        private final @Nullable Integer checksum;
        private boolean fails;

        AddOne(@Nullable Integer checksum, boolean fails) {
            this.checksum = checksum;
            this.fails = fails;
        }

        @Override
        protected void migrate(OnlineOperations online) {
            online.run(new Backfill(
                    QualifiedName.parse("orders"),
                    new SqlExpression("n = n + 1"),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    BackfillMode.BACKGROUND));
            if (fails) {
                fails = false;
                throw new IllegalStateException("no more");
            }
        }

        @Override
        public @Nullable MigrationVersion getVersion() {
            return checksum == null ? MigrationVersion.fromVersion("2") : null;
        }

        @Override
        public String getDescription() {
            return "add one";
        }

        @Override
        public @Nullable Integer getChecksum() {
            return checksum;
        }

        @Override
        protected void init() {}
    }

    private final TestDatabase database;
    private final Migrations migrations;

    OnlineMigrationIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);");
    }

    @Test
    void goesOnAfterAFailureWithoutRepair() {
        AddTotal migration = new AddTotal();
        assertThat(catchThrowable(() ->
                        migrations.flyway(c -> c.javaMigrations(migration)).migrate()))
                .hasStackTraceContaining("no more");
        assertThat(migrations.history()).hasSize(1);
        migrations.flyway(c -> c.javaMigrations(migration)).migrate();
        assertThat(migrations.history()).hasSize(2).last().asString().endsWith("JDBC true");
        assertThat(migrations.notes()).containsExactly("sql 1 done true", "addCheck 2 done true");
    }

    @Test
    void hasItsBackfillsRunWhenAllMigrationsAreDone() {
        orders();
        migrations.script("V3__after.sql", "CREATE TABLE after_fill AS SELECT sum(n) AS filled FROM orders;");

        assertThat(migrate(new AddOne(null, false)).migrationsExecuted).isEqualTo(3);
        migrate(new AddOne(null, false));

        assertThat(database.<Long>value("SELECT filled FROM after_fill"))
                .as("not before it")
                .isZero();
        assertThat(migrations.notes()).containsExactly("backfill 1 done true");
        assertEachIs(1);
    }

    @Test
    void hasItsBackfillsRunOnceThoughItFailedAfterThem() {
        orders();
        AddOne failing = new AddOne(null, true);
        assertThat(catchThrowable(() -> migrate(failing))).hasStackTraceContaining("no more");
        assertThat(state()).isEqualTo("registered");
        assertEachIs(0);

        migrate(failing);

        assertThat(state()).isEqualTo("finished");
        assertEachIs(1);
    }

    @Test
    void leavesItsBackfillsToAWorkerWhereThereIsOne() {
        orders();
        migrations
                .flyway(c -> c.placeholders(Map.of("expandcontract.backfill.worker", "true"))
                        .javaMigrations(new AddOne(null, false)))
                .migrate();

        assertThat(state()).isEqualTo("registered");
        assertEachIs(0);
        migrate(new AddOne(null, false));
        assertEachIs(1);
    }

    @Test
    void hasTheBackfillsOfEachOfItsRunsRun() {
        orders();
        for (int run = 1; run <= 3; run++) {
            migrate(new AddOne(run, false));
            assertEachIs(run);
        }
        assertThat(database.<String>value("SELECT origin FROM expand_contract_backfill"))
                .contains(AddOne.class.getName() + " (run 3)");
    }

    private void orders() {
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE orders (id bigint PRIMARY KEY, n int);",
                "INSERT INTO orders SELECT i, 0 FROM generate_series(1, 500) i;");
    }

    private MigrateResult migrate(JavaMigration migration) {
        return migrations.flyway(c -> c.javaMigrations(migration)).migrate();
    }

    private String state() {
        return database.value("SELECT state FROM expand_contract_backfill");
    }

    private void assertEachIs(int n) {
        assertThat(database.rows("SELECT n, count(*) FROM orders GROUP BY n").toString())
                .isEqualTo("[[" + n + ", 500]]");
    }

    @Test
    void refusesToRunWhereThePackIsSwitchedOff() {
        Throwable failure = catchThrowable(() -> migrations
                .flyway(c -> Migrations.withoutThePack().apply(c).javaMigrations(new AddTotal()))
                .migrate());
        assertThat(Migrations.cause(failure, ConfigurationProblem.class))
                .hasMessageContaining("expandcontract.enabled=false");
        assertThat(database.<Boolean>value("SELECT to_regclass('expand_contract_operation') IS NULL"))
                .isTrue();
    }

    @Test
    void refusesFlywaysTransactionalLock() {
        Throwable failure = catchThrowable(() -> migrations
                .flyway(c -> c.group(true).javaMigrations(new AddTotal()))
                .migrate());
        assertThat(Migrations.cause(failure, ConfigurationProblem.class))
                .hasMessageContaining("transactional.lock=false");
    }
}
