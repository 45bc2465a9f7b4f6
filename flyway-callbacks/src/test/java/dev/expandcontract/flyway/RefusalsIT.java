package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts with online calls that can't be run as they are: nothing of them is run, and nothing is left out. */
@PostgresTest
class RefusalsIT {
    private static final String INDEX = "CALL online.create_index(table_name => 'orders', column_names => 'note');";

    private final TestDatabase database;
    private final Migrations migrations;

    RefusalsIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
        migrations.migrate();
    }

    private static UnaryOperator<FluentConfiguration> placeholder(String name, String value) {
        return c -> c.placeholders(Map.of(name, value));
    }

    private List<String> problems(UnaryOperator<FluentConfiguration> more) {
        Throwable failure = catchThrowable(() -> migrations.flyway(more).migrate());
        assertThat(migrations.history()).as("a green row").hasSize(1);
        return Migrations.cause(failure, InvalidOperation.class).problems().stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void aCallHiddenByAPlaceholderIsCheckedAsAnyOther() {
        migrations.script(
                "V2__x.sql",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL ${s}.add_chekc(table_name => 'orders');",
                "CALL ${s}.create_index(table_name => 'orders', colum_names => 'total');");
        assertThat(problems(placeholder("s", "online")))
                .anyMatch(problem -> problem.startsWith("V2__x.sql:2: unknown operation online.add_chekc"))
                .anyMatch(problem -> problem.startsWith("V2__x.sql:3: create_index: unknown attribute colum_names"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallOverSeveralLinesIsCheckedAsAnyOther(boolean validateOnMigrate) {
        migrations.script(
                "V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;", "CALL online", " /* ! */ .create_indx();", INDEX);
        assertThat(problems(c -> c.validateOnMigrate(validateOnMigrate)))
                .singleElement()
                .asString()
                .contains("unknown operation online.create_indx");
    }

    @Test
    void whatTheEarlyLookDoesNotSeeIsRefusedWhenItsTurnComes() {
        migrations.script("V2__x.sql", "CALL ${a}${b}.create_indx();", "ALTER TABLE orders ADD COLUMN z int;");
        assertThat(problems(c -> c.placeholders(Map.of("a", "on", "b", "line"))))
                .singleElement()
                .asString()
                .contains("V2__x.sql:1: unknown operation online.create_indx");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aHiddenCallInAGroupOfScriptsIsRefused() {
        migrations.script("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;");
        migrations.script("V3__x.sql", "CALL ${a}${b}.create_index(table_name => 'orders', column_names => 'z');");
        Throwable failure = catchThrowable(() -> migrations
                .flyway(c -> c.group(true).mixed(true).placeholders(Map.of("a", "on", "b", "line")))
                .migrate());
        assertThat(Migrations.cause(failure, ConfigurationProblem.class)).hasMessageContaining("flyway.group=true");
        assertThat(migrations.history()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY orders (id, note) FROM STDIN;\n1\tx\n\\.\n",
                "COMMIT PREPARED 'nosuch';",
                "BEGIN ISOLATION LEVEL SERIALIZABLE;",
                "SAVEPOINT s;",
                "SET LOCAL search_path = shop;",
                "SET CONSTRAINTS ALL DEFERRED;",
                "CREATE TEMP TABLE t AS SELECT 1 AS a;",
                "PREPARE p AS SELECT 1;",
                "SELECT pg_advisory_lock(1);",
            })
    void whatDoesNotSurviveTheCallsIsRefusedBeforeAnythingRuns(String statement) {
        migrations.script("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;", statement, INDEX);
        assertThat(problems(c -> c)).singleElement().asString().startsWith("V2__x.sql:2: ");
        assertThat(database.<Long>value("SELECT count(*) FROM information_schema.columns WHERE table_name = 'orders'"))
                .isEqualTo(2);
    }

    @Test
    void whatWouldDivideATransactionOfTheScriptIsRefused() {
        migrations.script(
                "V2__x.sql",
                "BEGIN;",
                "INSERT INTO orders VALUES (1);",
                "SET search_path = public;",
                INDEX,
                "COMMIT;",
                INDEX);
        assertThat(problems(c -> c))
                .satisfiesExactly(
                        problem ->
                                assertThat(problem).startsWith("V2__x.sql:3: ").contains("between BEGIN and COMMIT"),
                        problem -> assertThat(problem).startsWith("V2__x.sql:4: "));
    }

    @Test
    void whatIsNotNeededAfterTheCallsIsAllowed() {
        migrations.script(
                "V2__x.sql",
                "BEGIN;",
                "SET LOCAL statement_timeout = '5s';",
                "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 AS id;",
                "INSERT INTO orders SELECT id, current_setting('statement_timeout') FROM t;",
                "COMMIT;",
                INDEX,
                "CREATE TEMP TABLE t AS SELECT 2 AS id;",
                "SET LOCAL statement_timeout = '7s';",
                "INSERT INTO orders SELECT id, current_setting('statement_timeout') FROM t;");
        migrations.migrate();
        assertThat(database.<String>value("SELECT string_agg(note, ' ' ORDER BY id) FROM orders"))
                .isEqualTo("5s 7s");
    }
}
