package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.operation.AddCheck;
import dev.expandcontract.operation.Sql;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.flywaydb.core.api.MigrationVersion;
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
