package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class TakeOverIT {
    private final TestDatabase database;
    private final Migrations migrations;

    TakeOverIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE customers (id bigint PRIMARY KEY, email text);",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text);");
    }

    @Test
    void runsOnlineCallsAndTheStatementsBetweenThemInTheirOrder() {
        migrations.script(
                "V2__orders.sql",
                "ALTER TABLE orders ADD COLUMN total int; -- a comment",
                "/* another */ UPDATE orders SET total = 0;",
                "CALL online.create_index(table_name => 'orders', column_names => 'customer_id, total');",
                "CALL online.add_foreign_key(table_name => 'orders', column_names => 'customer_id', referenced_table_name => 'customers');",
                "COMMENT ON TABLE orders IS 'it''s --done';");

        assertThat(migrations.migrate().migrationsExecuted).isEqualTo(2);

        assertThat(migrations.history()).containsExactly("V1__shop.sql SQL true", "V2__orders.sql SQL true");
        assertThat(migrations.notes())
                .containsExactly(
                        "sql 1 done true", "createIndex 3 done true", "addForeignKey 4 done true", "sql 5 done true");
        assertThat(database.<String>value("SELECT obj_description('orders'::regclass)"))
                .isEqualTo("it's --done");
        assertThat(migrations.migrate().migrationsExecuted).isZero();
        migrations.flyway(Migrations.withoutThePack()).validate();
    }

    @Test
    void goesOnAfterAFailureWithoutRepair() {
        migrations.script(
                "V2__orders.sql",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.add_check(table_name => 'orders', condition => 'total > 0', constraint_name => 'positive');");
        Throwable failure = catchThrowable(migrations::migrate);
        assertThat(Migrations.cause(failure, StepFailed.class)).hasMessageContaining("already exists");
        assertThat(failure).hasMessageContaining("V2__orders.sql:3");
        assertThat(migrations.history()).containsExactly("V1__shop.sql SQL true");

        migrations.script(
                "V2__orders.sql",
                "-- mended",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');",
                "ALTER TABLE orders ADD COLUMN total2 int;",
                "CALL online.add_check(table_name => 'orders', condition => 'total > 0', constraint_name => 'positive');");
        migrations.migrate();

        assertThat(migrations.history()).containsExactly("V1__shop.sql SQL true", "V2__orders.sql SQL true");
        assertThat(migrations.notes())
                .containsExactly(
                        "sql 1 done true",
                        "createIndex 2 done true",
                        "sql 3 failed true",
                        "sql 3 done true",
                        "addCheck 4 done true");
    }

    @Test
    void refusesADoneStatementThatWasChangedAfterwards() {
        migrations.script(
                "V2__orders.sql",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'absent');");
        assertThat(catchThrowable(migrations::migrate))
                .hasMessageContaining("V2__orders.sql:2")
                .hasMessageContaining("absent");
        migrations.script(
                "V2__orders.sql",
                "ALTER TABLE orders ADD COLUMN total bigint;",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');");

        assertThat(Migrations.cause(catchThrowable(migrations::migrate), InvalidOperation.class))
                .hasMessageContaining("another form");
    }

    @Test
    void runsIndexStatementsAsOperationsInAnyCompany() {
        migrations.script(
                "V2__indexes.sql",
                "CREATE INDEX CONCURRENTLY ON orders (customer_id, lower(note) DESC);",
                "ALTER TABLE orders ADD COLUMN \"Total\" int;",
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"By Total\" ON ONLY public.orders USING btree (\"Total\") INCLUDE (note) WITH (fillfactor = 70) WHERE note IS NOT NULL AND \"Total\" > 1;",
                "CREATE INDEX CONCURRENTLY gone ON orders (note);",
                "DROP INDEX CONCURRENTLY IF EXISTS gone;",
                "VACUUM orders;",
                "REINDEX INDEX CONCURRENTLY \"By Total\";");
        migrations.migrate();
        assertThat(migrations.history()).endsWith("V2__indexes.sql SQL true");
        assertThat(migrations.notes())
                .containsExactly(
                        "createIndex 1 done true",
                        "sql 2 done true",
                        "createIndex 3 done true",
                        "createIndex 4 done true",
                        "dropIndex 5 done true",
                        "sql 6 done true",
                        "sql 7 done true");
        assertThat(
                        database.<String>value(
                                "SELECT string_agg(indexdef, E'\\n' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'orders' AND indexname <> 'orders_pkey'"))
                .isEqualTo("""
                        CREATE UNIQUE INDEX "By Total" ON public.orders USING btree ("Total") INCLUDE (note) WITH (fillfactor='70') WHERE ((note IS NOT NULL) AND ("Total" > 1))
                        CREATE INDEX orders_customer_id_lower_idx ON public.orders USING btree (customer_id, lower(note) DESC)""");
    }

    @Test
    void replacesPlaceholdersAndReadsEveryKindOfLiteral() {
        migrations.script(
                "V2__check.sql",
                "CALL \"online\".Add_Check(table_name := ${table}, condition => $c$note <> 'it''s; CALL online.x()'$c$,",
                "  constraint_name => E'say_\\x68i', validate => TRUE); -- done");
        migrations
                .flyway(c -> c.placeholders(java.util.Map.of("table", "'public.orders'")))
                .migrate();
        assertThat(database.<String>value(
                        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'say_hi'"))
                .isEqualTo("CHECK ((note <> 'it''s; CALL online.x()'::text))");
    }

    @Test
    void runsARepeatableScriptAnewWhenItHasChanged() {
        migrations.script(
                "R__comment.sql",
                "COMMENT ON TABLE orders IS 'one';",
                "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrations.migrate();
        migrations.script(
                "R__comment.sql",
                "COMMENT ON TABLE orders IS 'two';",
                "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrations.migrate();
        assertThat(database.<String>value("SELECT obj_description('orders'::regclass)"))
                .isEqualTo("two");
    }

    @Test
    void startsAnewAfterClean() {
        migrations.script(
                "V2__orders.sql",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CREATE INDEX CONCURRENTLY orders_total ON orders (total);");
        database.execute("CREATE SCHEMA elsewhere");
        java.util.function.UnaryOperator<FluentConfiguration> elsewhere =
                c -> c.cleanDisabled(false).placeholders(java.util.Map.of("expandcontract.schema", "elsewhere"));
        migrations.flyway(elsewhere).migrate();
        database.execute("UPDATE elsewhere.expand_contract_operation SET recorded_at = NULL");
        migrations.flyway(elsewhere).clean();
        migrations.flyway(elsewhere).migrate();
        assertThat(database.<Long>value(
                        "SELECT count(*) FROM elsewhere.expand_contract_operation WHERE state = 'done'"))
                .isEqualTo(4);
    }

    @Test
    void repeatsSessionSettingsWhenItGoesOn() {
        migrations.script("V1__shop.sql", "CREATE SCHEMA \"Shop\";", "CREATE TABLE \"Shop\".orders (id bigint);");
        migrations.script(
                "V2__orders.sql",
                "SET search_path = \"Shop\";",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'absent');");
        assertThat(catchThrowable(migrations::migrate)).hasMessageContaining("absent");
        migrations.script(
                "V2__orders.sql",
                "SET search_path = \"Shop\";",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');");
        migrations.migrate();
        assertThat(migrations.history()).endsWith("V2__orders.sql SQL true");
    }
}
