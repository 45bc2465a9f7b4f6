package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts that were written without us and ran without us: they can't be changed any more, and run on. */
@PostgresTest
class ExistingHistoryIT {
    private final TestDatabase database;
    private final Migrations migrations;

    ExistingHistoryIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total int);");
    }

    private void outsideTransaction(String name, String... lines) {
        migrations.script(name, lines);
        migrations.script(name + ".conf", "executeInTransaction=false");
    }

    private String indexes() {
        return database.value(
                "SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'orders'");
    }

    @Test
    void concurrentIndexesMayHoldComments() {
        migrations.script(
                "V2__i.sql",
                "CREATE INDEX CONCURRENTLY a ON orders (note) WHERE note IS NOT NULL -- only these",
                ";",
                "CREATE INDEX CONCURRENTLY b ON orders (",
                "  id, -- first",
                "  note -- second",
                ");",
                "CREATE INDEX CONCURRENTLY c ON orders (lower(note) -- folded",
                ") INCLUDE (total -- stored",
                ");");
        migrations.migrate();
        assertThat(indexes()).isEqualTo("a b c orders_pkey");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(id) INCLUDE (note)",
                "((lower(note)))",
                "((note::varchar))",
                "(pg_catalog.lower(note))",
                "(note) WHERE id > 5",
                "(((note)::json ->> 'x'))",
                "(CAST(id AS text))",
                "(coalesce(note, 'x'), id DESC)",
                "(id, id)",
                "(note, a_column_with_a_name_that_is_rather_long, another_column_with_a_name_that_is_rather_long)",
            })
    void namelessIndexesGetTheNameThatPostgresGivesThem(String definition) {
        migrations.script(
                "V1__shop.sql",
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text,",
                "  a_column_with_a_name_that_is_rather_long int, another_column_with_a_name_that_is_rather_long int);",
                "CREATE INDEX orders_note_idx ON orders (note);");
        migrations.flyway(Migrations.withoutThePack()).migrate();
        database.execute("CREATE INDEX CONCURRENTLY ON orders " + definition);
        String expected = indexes();

        database.reset();
        migrations.script("V2__i.sql", "CREATE INDEX CONCURRENTLY ON orders " + definition + ";");
        migrations.migrate();

        assertThat(indexes()).isEqualTo(expected);
    }

    @Test
    void namelessIndexesKeepTheirNameWhenAFailedBuildIsRepeated() {
        migrations.script(
                "V1__shop.sql", "CREATE TABLE orders (id int, note text);", "INSERT INTO orders VALUES (1), (1);");
        migrations.script("V2__i.sql", "CREATE UNIQUE INDEX CONCURRENTLY ON orders (id);");
        assertThat(catchThrowable(migrations::migrate)).isNotNull();
        database.execute("DELETE FROM orders", "CREATE UNIQUE INDEX orders_id_idx ON orders (id)");
        migrations.migrate();
        assertThat(indexes()).isEqualTo("orders_id_idx");
    }

    @Test
    void droppingAnIndexThatDoesNotExistIsAnErrorUnlessAKilledRunHasDroppedIt() {
        migrations.script("V2__i.sql", "DROP INDEX CONCURRENTLY misspelt;");
        Throwable failure = catchThrowable(migrations::migrate);
        assertThat(failure).hasMessageContaining("V2__i.sql:1");
        assertThat(Migrations.cause(failure, InvalidOperation.class))
                .hasMessageContaining("index misspelt does not exist");
        migrations.script("V2__i.sql", "DROP INDEX CONCURRENTLY IF EXISTS misspelt;");
        migrations.script(
                "V3__i.sql",
                "CREATE INDEX CONCURRENTLY i ON orders (note);",
                "DROP INDEX CONCURRENTLY i;",
                "SELECT 1/0;");
        assertThat(catchThrowable(migrations::migrate)).hasStackTraceContaining("division by zero");
        database.execute("UPDATE expand_contract_operation SET state = 'running' WHERE operation = 'dropIndex'");
        migrations.script(
                "V3__i.sql",
                "CREATE INDEX CONCURRENTLY i ON orders (note);",
                "DROP INDEX CONCURRENTLY i;",
                "SELECT 1;");
        migrations.migrate();
        assertThat(indexes()).isEqualTo("orders_pkey");
    }

    @Test
    void whatCommitsByItselfRunsBesideAConcurrentIndex() {
        migrations.script(
                "V2__procedure.sql",
                "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (7); COMMIT; END $$;",
                "CALL p();",
                "DO $$ BEGIN INSERT INTO orders VALUES (8); COMMIT; INSERT INTO orders VALUES (9); END $$;",
                "CREATE INDEX CONCURRENTLY i ON orders (note);");
        migrations.flyway(c -> c.mixed(true)).migrate();
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isEqualTo(3);
        assertThat(indexes()).isEqualTo("i orders_pkey");
    }

    @Test
    void eachStatementSeesWhatTheOneBeforeHasCommitted() {
        migrations.script("V1__shop.sql", "CREATE TYPE mood AS ENUM ('sad');", "CREATE TABLE orders (m mood);");
        migrations.script(
                "V2__mood.sql",
                "ALTER TYPE mood ADD VALUE 'ok';",
                "INSERT INTO orders VALUES ('ok');",
                "CREATE INDEX CONCURRENTLY i ON orders (m);");
        migrations.flyway(c -> c.mixed(true)).migrate();
        assertThat(indexes()).isEqualTo("i");
    }

    @Test
    void aTransactionThatAScriptBeginsIsOne() {
        migrations.script(
                "V2__block.sql",
                "BEGIN;",
                "INSERT INTO orders VALUES (1);",
                "INSERT INTO orders VALUES (1);",
                "COMMIT;",
                "CREATE INDEX CONCURRENTLY i ON orders (note);");
        assertThat(catchThrowable(migrations::migrate)).hasStackTraceContaining("duplicate key");
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isZero();
    }

    @Test
    void rowsThatAreCopiedBesideAConcurrentIndexAreAllThere() {
        migrations.script(
                "V2__rows.sql",
                "CREATE INDEX CONCURRENTLY i ON orders (note);",
                "COPY orders (id, note) FROM STDIN;",
                "10\tx",
                "11\ty",
                "\\.",
                "");
        migrations.flyway(c -> c.mixed(true)).migrate();
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isEqualTo(2);
        assertThat(indexes()).isEqualTo("i orders_pkey");
    }

    @Test
    void whatBelongsToTheSessionIsThereForTheWholeScript() {
        migrations.script(
                "V2__rows.sql",
                "CREATE TEMP TABLE t AS SELECT 1 AS id;",
                "CREATE INDEX CONCURRENTLY i ON orders (note);",
                "INSERT INTO orders SELECT id FROM t;");
        migrations.flyway(c -> c.mixed(true)).migrate();
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isOne();
    }

    @Test
    void functionsWithAStandardBodyMayStandAnywhere() {
        migrations.script(
                "V2__f.sql",
                "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT 1; SELECT a + 1; END;",
                "INSERT INTO orders (id, note) VALUES (1, 'who? {d ''x''}; -- not');",
                "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrations.migrate();
        assertThat(database.<String>value("SELECT note FROM orders")).isEqualTo("who? {d 'x'}; -- not");
    }

    @Test
    void aFailureOutsideATransactionNeedsNoRepair() {
        outsideTransaction("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;", "SELECT 1/0;");
        assertThat(catchThrowable(migrations::migrate)).hasStackTraceContaining("division by zero");
        assertThat(migrations.history()).containsExactly("V1__shop.sql SQL true");
        migrations.script("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;", "SELECT 1;");
        migrations.migrate();
        assertThat(migrations.history()).containsExactly("V1__shop.sql SQL true", "V2__x.sql SQL true");
    }

    @Test
    void outsideATransactionALockIsAskedForAgain() {
        migrations.migrate();
        outsideTransaction("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;");
        try (LockHolder reader = LockHolder.hold(database, "SELECT * FROM orders")) {
            CompletableFuture<Void> released = reader.releaseAfter(Duration.ofSeconds(3));
            migrations.migrate();
            released.join();
        }
        assertThat(migrations.history()).hasSize(2);
    }

    @Test
    void outsideATransactionATimeoutOfTheirOwnIsTheirs() {
        outsideTransaction(
                "V2__x.sql",
                "SET lock_timeout = '7s';",
                "ALTER TABLE orders ADD COLUMN z int;",
                "INSERT INTO orders SELECT 1, current_setting('lock_timeout');");
        migrations.migrate();
        assertThat(database.<String>value("SELECT note FROM orders")).isEqualTo("7s");
        assertThat(database.<Boolean>value("SELECT to_regclass('expand_contract_operation') IS NULL"))
                .isTrue();
    }
}
