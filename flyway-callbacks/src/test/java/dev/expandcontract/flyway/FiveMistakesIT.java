package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PostgresTest
class FiveMistakesIT {
    private final TestDatabase database;
    private final Migrations migrations;

    FiveMistakesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
        database.reset();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void areAllReportedWithFileAndLineBeforeAnythingRuns(boolean validateOnMigrate) {
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
        migrations.script(
                "V2__two.sql",
                "-- a comment",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_indx(table_name => 'orders');",
                "",
                "CALL online.create_index(tabel_name => 'orders',",
                "    column_names => 'note', is_unique => 'maybe');");
        migrations.script(
                "V3__syntax.sql", "CALL online.add_check(", "  table_name => 'orders'", "  condition => 'true');");
        migrations.script("R__unclosed.sql", "", "CALL online.sql(sql => $x$ALTER TABLE orders ADD y int$);");

        Throwable failure = catchThrowable(() ->
                migrations.flyway(c -> c.validateOnMigrate(validateOnMigrate)).migrate());

        InvalidOperation invalid = Migrations.cause(failure, InvalidOperation.class);
        assertThat(invalid.problems().stream().map(Object::toString))
                .satisfiesExactly(
                        p -> assertThat(p)
                                .isEqualTo(
                                        "V2__two.sql:3: unknown operation online.create_indx, did you mean create_index?"),
                        p -> assertThat(p)
                                .contains("V2__two.sql:5: create_index: ")
                                .contains("unknown attribute tabel_name, did you mean table_name?"),
                        p -> assertThat(p)
                                .contains("V2__two.sql:5: create_index: ")
                                .contains("is missing: the table"),
                        p -> assertThat(p)
                                .contains("V2__two.sql:5: create_index: ")
                                .contains("expected true or false but found maybe"),
                        p -> assertThat(p).isEqualTo("V3__syntax.sql:3: add_check: expected ) but found condition"),
                        p -> assertThat(p).contains("R__unclosed.sql").contains("not closed"));
        assertThat(failure).hasMessageContaining("V3__syntax.sql:3");
        assertThat(database.<Boolean>value("SELECT to_regclass('orders') IS NULL"))
                .isTrue();
        assertThat(migrations.history()).isEmpty();
    }

    @Test
    void includeScriptsThatFlywayItselfCannotRead() {
        migrations.script("V1__unclosed.sql", "CALL online.sql(sql => 'ALTER TABLE orders);", "SELECT (1;");
        migrations.script("V2__unknown.sql", "CALL online.nothing();");
        migrations.script("V0__base.sql", "SELECT ${absent} /* concurrently */;");
        InvalidOperation invalid = Migrations.cause(catchThrowable(migrations::migrate), InvalidOperation.class);
        assertThat(invalid.problems().stream().map(Object::toString))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("V0__base.sql").contains("absent"),
                        p -> assertThat(p).startsWith("V1__unclosed.sql"),
                        p -> assertThat(p).startsWith("V2__unknown.sql:1"));
    }

    @Test
    void ofAppliedScriptsAreNobodysConcern() {
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
        migrations.script("V2__note.sql", "CALL online.create_index(table_name => 'orders', column_names => 'note');");
        migrations.migrate();
        migrations.script(
                "V2__note.sql", "CALL online.create_indexes(table_name => 'orders', column_names => 'note');");
        migrations.script("V3__note.sql", "CALL online.drop_index(index_name => 'orders_note_idx');");
        assertThat(migrations.flyway(c -> c.validateOnMigrate(false)).migrate().migrationsExecuted)
                .isOne();
    }
}
