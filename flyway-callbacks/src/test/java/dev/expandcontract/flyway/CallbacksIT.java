package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user's callbacks and ours. */
@PostgresTest
class CallbacksIT {
    private static final String INDEX = "CALL online.create_index(table_name => 'made', column_names => 'a');";

    private final TestDatabase database;
    private final Migrations migrations;

    CallbacksIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
        migrations.migrate();
    }

    @ParameterizedTest
    @CsvSource({"beforeEachMigrate__set_role.sql, SET", "beforeEachMigrate__a_role.sql, SET LOCAL"})
    void sayAsWhomOnlineScriptsRunToo(String callback, String set) {
        String role = database.createRole("app_owner");
        database.execute("GRANT ALL ON SCHEMA public TO " + role);
        migrations.script(callback, set + " ROLE " + role + ";", set + " work_mem = '5MB';");
        migrations.script(
                "V2__x.sql", "CREATE TABLE made AS SELECT 1 AS a, current_setting('work_mem') AS memory;", INDEX);
        migrations.script("V3__x.sql", "CREATE TABLE plain ();");
        migrations.migrate();
        assertThat(database.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('made', 'plain')")
                        .toString())
                .isEqualTo("[[" + role + "]]");
        assertThat(database.<String>value("SELECT memory FROM made")).isEqualTo("5MB");
    }

    @Test
    void thatFailLeaveNoSettingBehindInAPool() throws SQLException {
        migrations.script("V2__x.sql", "ALTER TABLE orders ADD COLUMN z int;");
        migrations.script("V2__x.sql.conf", "executeInTransaction=false");
        migrations.script("beforeEachMigrate__zz.sql", "SELECT 1/0;");
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url());
            pool.setUsername(database.user());
            pool.setPassword(database.password());
            pool.setMaximumPoolSize(3);
            assertThat(catchThrowable(
                            () -> migrations.flyway(c -> c.dataSource(pool)).migrate()))
                    .hasStackTraceContaining("division by zero");
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(pool.getConnection());
                assertThat(lockTimeout(all.get(i))).isEqualTo("0");
            }
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private static String lockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW lock_timeout")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void areNotCalledForOurOwnLook() {
        List<Event> events = new ArrayList<>();
        migrations.script("beforeInfo.sql", "CREATE TABLE informed ();");
        migrations.script("V2__x.sql", "CREATE TABLE made (a int);", INDEX);
        migrations.flyway(c -> c.callbacks(recording(events))).migrate();
        assertThat(events).contains(Event.BEFORE_MIGRATE).doesNotContain(Event.BEFORE_INFO, Event.AFTER_INFO);
        assertThat(database.<Boolean>value("SELECT to_regclass('informed') IS NULL"))
                .isTrue();
    }

    @Test
    void areNotCalledForStatementsThatFlywaySkips() {
        List<Event> events = new ArrayList<>();
        migrations.script("V2__x.sql", "CREATE TABLE made (a int);", INDEX);
        migrations.flyway(c -> c.callbacks(recording(events))).migrate();
        assertThat(events)
                .contains(Event.BEFORE_EACH_MIGRATE, Event.AFTER_EACH_MIGRATE)
                .doesNotContain(Event.BEFORE_EACH_MIGRATE_STATEMENT, Event.AFTER_EACH_MIGRATE_STATEMENT);
    }

    private static BaseCallback recording(List<Event> events) {
        return new BaseCallback() {
            @Override
            public boolean supports(Event event, Context context) {
                return event != Event.CREATE_SCHEMA;
            }

            @Override
            public void handle(Event event, Context context) {
                events.add(event);
            }
        };
    }

    @Test
    void ofValidateAreNotForPendingScripts() {
        migrations.script("V2__x.sql", "CALL online.create_indx(table_name => 'orders');");
        assertThat(migrations
                        .flyway(c -> c.ignoreMigrationPatterns("*:pending"))
                        .validateWithResult()
                        .validationSuccessful)
                .isTrue();
        assertThat(catchThrowable(migrations::migrate)).hasMessageContaining("create_indx");
    }
}
