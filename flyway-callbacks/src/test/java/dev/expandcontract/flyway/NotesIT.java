package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose run a note speaks for, whatever the script or its neighbours do. */
@PostgresTest
class NotesIT {
    private final TestDatabase database;
    private final Migrations migrations;

    NotesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total int DEFAULT 0);",
                "INSERT INTO orders VALUES (1, 'a'), (2, 'b');");
    }

    private static FluentConfiguration ops(FluentConfiguration c) {
        return c.cleanDisabled(false).placeholders(Map.of("expandcontract.schema", "ops"));
    }

    private void addToTotal() {
        migrations.script(
                "V2__total.sql",
                "UPDATE orders SET total = total + 1;",
                "CALL online.create_index(table_name => 'orders', column_names => 'note', is_unique => true);");
    }

    private void schemas(String... names) {
        for (String name : names) {
            database.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE", "CREATE SCHEMA " + name);
        }
    }

    private void migrateTenant(String schema, String target) {
        migrations.flyway(c -> ops(c).defaultSchema(schema).target(target)).migrate();
    }

    @Test
    void ofOneTenantDoNotSpeakForAnother() {
        schemas("ops", "ta", "tb");
        addToTotal();
        migrateTenant("ta", "1");
        database.execute("UPDATE ta.orders SET note = 'same'");
        assertThat(catchThrowable(() -> migrateTenant("ta", "2"))).isNotNull();
        migrateTenant("tb", "2");
        migrations.flyway(c -> ops(c).defaultSchema("tb")).clean();
        database.execute("UPDATE ta.orders SET note = 'same' || id");
        migrateTenant("ta", "2");
        assertThat(database.<Long>value("SELECT sum(total) FROM ta.orders")).isEqualTo(2);
    }

    @Test
    void ofOneHistoryDoNotSpeakForAnotherInTheSameSchema(@TempDir Path other) {
        migrations.script(
                "V2__same.sql",
                "UPDATE orders SET total = total + 1;",
                "CALL online.create_index(table_name => 'orders', column_names => 'absent');");
        assertThat(catchThrowable(migrations::migrate)).isNotNull();
        Migrations.write(
                other, "V2__same.sql", "CREATE TABLE other ();", "CREATE INDEX CONCURRENTLY i ON orders (note);");
        Flyway another = Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .table("other_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .locations("filesystem:" + other)
                .load();
        assertThat(another.migrate().migrationsExecuted).isOne();
    }

    @Test
    void areFoundAgainWhereTheScriptChangesTheSearchPath() {
        schemas("shop");
        database.execute("CREATE TABLE shop.o (a int)");
        for (String comment : new String[] {"one", "two", "three"}) {
            migrations.script(
                    "R__comment.sql",
                    "SET search_path = shop;",
                    "COMMENT ON TABLE o IS '" + comment + "';",
                    "CALL online.create_index(table_name => 'o', column_names => 'a');");
            migrations
                    .flyway(c -> c.baselineOnMigrate(true).baselineVersion("0"))
                    .migrate();
            assertThat(database.<String>value("SELECT obj_description('shop.o'::regclass)"))
                    .isEqualTo(comment);
        }
        assertThat(database.<Long>value("SELECT count(*) FROM expand_contract_operation WHERE recorded_at IS NULL"))
                .isZero();
    }

    @Test
    void areFoundAgainWhereTheScriptEmptiesTheSearchPath() {
        migrations.script(
                "V2__empty.sql",
                "SELECT pg_catalog.set_config('search_path', '', false);",
                "ALTER TABLE public.orders ADD COLUMN z int;",
                "CALL online.create_index(table_name => 'public.orders', column_names => 'z');");
        assertThat(migrations.migrate().migrationsExecuted).isEqualTo(2);
        assertThat(migrations.notes()).containsExactly("sql 2 done true", "createIndex 3 done true");
    }

    @Test
    void areNotLostWhenTheNextScriptFails() {
        migrations.script("R__a.sql", "CREATE INDEX CONCURRENTLY i ON orders (note);", "DROP INDEX CONCURRENTLY i;");
        migrations.script("R__b.sql", "SELECT 1/0;");
        assertThat(catchThrowable(migrations::migrate)).hasStackTraceContaining("division by zero");
        migrations.script("R__b.sql", "SELECT 1;");
        assertThat(migrations.migrate().migrationsExecuted).isOne();
        assertThat(migrations.notes()).containsExactly("createIndex 1 done true", "dropIndex 2 done true");

        migrations.script(
                "R__a.sql", "DROP INDEX CONCURRENTLY IF EXISTS i;", "CREATE INDEX CONCURRENTLY i ON orders (id);");
        assertThat(migrations.migrate().migrationsExecuted).isOne();
    }

    @Test
    void ofARepeatableScriptSpeakForOneRunEvenIfTheyWereNeverMarked() {
        migrations.script(
                "R__a.sql", "UPDATE orders SET total = total + 1;", "CREATE INDEX CONCURRENTLY i ON orders (note);");
        migrations.migrate();
        database.execute("UPDATE expand_contract_operation SET recorded_at = NULL");
        migrations.script(
                "R__a.sql",
                "UPDATE orders SET total = total + 1;",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (note);",
                "CREATE INDEX CONCURRENTLY j ON orders (absent);");
        assertThat(catchThrowable(migrations::migrate)).hasMessageContaining("absent");
        migrations.script(
                "R__a.sql",
                "UPDATE orders SET total = total + 1;",
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (note);",
                "CREATE INDEX CONCURRENTLY j ON orders (total);");
        migrations.migrate();
        assertThat(database.<Long>value("SELECT sum(total) FROM orders"))
                .as("once for each run")
                .isEqualTo(4);
        assertThat(database.<Long>value("SELECT count(*) FROM expand_contract_operation WHERE recorded_at IS NULL"))
                .isZero();
        assertThat(database.rows("SELECT DISTINCT migration FROM expand_contract_operation ORDER BY 1")
                        .toString())
                .isEqualTo("[[R__a.sql], [R__a.sql (run 2)]]");
    }

    @Test
    void settingsMadeByAFunctionAreMadeAgainWhenTheScriptGoesOn() {
        schemas("shop");
        database.execute("CREATE TABLE shop.orders (id int, note text)");
        String path = "SELECT pg_catalog.set_config('search_path', 'shop', false);";
        String column = "ALTER TABLE orders ADD COLUMN z int;";
        migrations.script(
                "V2__x.sql", path, "CALL online.create_index(table_name => 'orders', column_names => 'no');", column);
        assertThat(catchThrowable(migrations::migrate)).isNotNull();
        migrations.script(
                "V2__x.sql", path, "CALL online.create_index(table_name => 'orders', column_names => 'note');", column);
        migrations.migrate();
        assertThat(database.<String>value(
                        "SELECT table_schema FROM information_schema.columns WHERE column_name = 'z'"))
                .isEqualTo("shop");
    }

    @Test
    void knowAStatementWhateverItsPlaceholdersStandForThisTime() {
        String update = "UPDATE orders SET note = '${build} ' || id;";
        migrations.script(
                "V2__x.sql", update, "CALL online.create_index(table_name => 'orders', column_names => 'no');");
        migrations.script("V2__x.sql.conf", "executeInTransaction=true");
        assertThat(catchThrowable(() -> migrateBuild("one"))).hasMessageContaining("V2__x.sql:2");
        migrations.script(
                "V2__x.sql", update, "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrateBuild("two");
        assertThat(database.<String>value("SELECT max(note) FROM orders")).isEqualTo("one 2");
    }

    private void migrateBuild(String build) {
        migrations.flyway(c -> c.placeholders(Map.of("build", build))).migrate();
    }

    @Test
    void thatTheScriptsOwnRoleMayNotWriteAreMetWithAHint() {
        String role = database.createRole("app_owner");
        migrations.script("V2__x.sql", "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrations.script(
                "V3__x.sql",
                "SET ROLE " + role + ";",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');");
        assertThat(catchThrowable(migrations::migrate))
                .hasStackTraceContaining("GRANT SELECT, INSERT, UPDATE ON public.expand_contract_operation")
                .hasStackTraceContaining("V3__x.sql:2");
    }
}
