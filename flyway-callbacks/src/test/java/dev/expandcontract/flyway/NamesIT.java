package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class NamesIT {
    private final TestDatabase database;
    private final Path directory;
    private final Migrations migrations;

    NamesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
    }

    @Test
    void ofAnyKindAreUnderstoodInASchemaOfAnyName() {
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE \"order\" (id bigint PRIMARY KEY, \"select\" int, \"Mixed Case\" int, \"with \"\"quote\"\"\" int);");
        migrations.script(
                "V2__order.sql",
                "CALL online.create_index(table_name => 'order', column_names => 'select, \"Mixed Case\", \"with \"\"quote\"\"\"', index_name => 'table');",
                "ALTER TABLE \"order\" ADD COLUMN \"user\" int;",
                "CALL online.add_check(table_name => '\"Der \"\"Laden\"\"\".\"order\"', condition => '\"user\" > 0', constraint_name => 'Check \"1\"');",
                "CREATE INDEX CONCURRENTLY \"Index\" ON \"order\" (\"user\");");
        migrations.flyway(c -> c.schemas("Der \"Laden\"", "public")).migrate();
        assertThat(
                        database.<String>value(
                                "SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                                        + " WHERE nspname = 'Der \"Laden\"' AND relkind IN ('r', 'i') AND relname NOT LIKE 'flyway%'"))
                .isEqualTo(
                        "Index, expand_contract_operation, expand_contract_operation_pkey, order, order_pkey, table");
    }

    @Test
    void thatHoldStatementsEndAsQuotedNames() {
        String name = "x ON orders (id); DROP TABLE orders; --";
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);");
        migrations.script(
                "V2__evil.sql",
                "CALL online.create_index(table_name => 'orders', column_names => 'id', index_name => '" + name
                        + "');");
        migrations.migrate();
        assertThat(database.<String>value(
                        "SELECT indexname FROM pg_indexes WHERE tablename = 'orders' AND indexname <> 'orders_pkey'"))
                .isEqualTo(name);
    }

    @Test
    void ofTablesThatBelongToAnotherRoleAreRefusedWithAHint() {
        String role = database.createRole("migrator");
        database.execute("CREATE TABLE orders (id bigint)", "CREATE SCHEMA mine AUTHORIZATION " + role);
        migrations.script(
                "V1__index.sql", "CALL online.create_index(table_name => 'public.orders', column_names => 'id');");
        Throwable failure = catchThrowable(() -> flywayOf(role, "mine").migrate());
        assertThat(Migrations.cause(failure, StepFailed.class)).hasMessageContaining("the role that owns the table");
        assertThat(database.<Long>value("SELECT count(*) FROM mine.flyway_schema_history"))
                .isZero();
    }

    @Test
    void ofASchemaInWhichTheRoleMayCreateNothingAreRefusedWithAHint() {
        String role = database.createRole("migrator");
        database.execute("CREATE SCHEMA theirs", "CREATE SCHEMA mine AUTHORIZATION " + role);
        migrations.script("V1__table.sql", "CREATE TABLE orders (id bigint);");
        migrations.script("V2__index.sql", "CALL online.create_index(table_name => 'orders', column_names => 'id');");
        Flyway flyway = flywayOf(role, "mine", "expandcontract.schema", "theirs");
        assertThat(Migrations.cause(catchThrowable(flyway::migrate), ConfigurationProblem.class))
                .hasMessageContaining("CREATE on schema theirs");
    }

    private Flyway flywayOf(String role, String schema, String... placeholder) {
        return Flyway.configure()
                .dataSource(database.url(), role, role)
                .defaultSchema(schema)
                .locations("filesystem:" + directory)
                .placeholders(
                        placeholder.length == 0 ? java.util.Map.of() : java.util.Map.of(placeholder[0], placeholder[1]))
                .load();
    }
}
