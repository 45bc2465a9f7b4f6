package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.internal.license.VersionPrinter;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class ConfigurationIT {
    private static final String INDEX = "CALL online.create_index(table_name => 'orders', column_names => 'note');";

    private final TestDatabase database;
    private final Migrations migrations;

    ConfigurationIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
    }

    @Test
    void switchedOffThePackDoesNothingAtAll() {
        migrations.script("V2__note.sql", INDEX);
        Flyway flyway = migrations.flyway(Migrations.withoutThePack());

        assertThat(catchThrowable(flyway::migrate)).hasMessageContaining("schema \"online\" does not exist");

        assertThat(flyway.getConfiguration().getCallbacks()).isEmpty();
        assertThat(flyway.getConfiguration().isMixed()).isFalse();
        assertThat(SessionLock.isChosen(flyway.getConfiguration())).isFalse();
        assertThat(CatalogSnapshot.of(database).toString()).doesNotContain("expand_contract");
    }

    @Test
    void copyingAConfigurationTakesOverWhatItSaysAboutThePack() {
        Flyway on = migrations.flyway();
        on.migrate();
        Flyway copy = Flyway.configure().configuration(on.getConfiguration()).load();
        copy.info();
        assertThat(copy.getConfiguration().getCallbacks()).hasSize(2);
        migrations.script("V2__mixed.sql", "ALTER TABLE orders ADD COLUMN b int;", "VACUUM orders;");
        assertThat(catchThrowable(copy::migrate)).hasMessageContaining("mixed is false");
        Flyway off = Migrations.withoutThePack()
                .apply(Flyway.configure().configuration(on.getConfiguration()))
                .load();
        off.info();
        assertThat(off.getConfiguration().getCallbacks()).isEmpty();
        assertThat(off.getConfiguration().isMixed()).isFalse();
    }

    @Test
    void nothingIsLeftBehindWhereNoOperationRan() {
        migrations.migrate();
        assertThat(CatalogSnapshot.of(database).toString()).doesNotContain("expand_contract");
    }

    @Test
    void callbacksOfTheUserGoOnBeingCalled() {
        List<Event> events = new ArrayList<>();
        migrations.script("beforeEachMigrate.sql", "CREATE TABLE IF NOT EXISTS called ();");
        migrations.script("V2__note.sql", INDEX);
        migrations.flyway(c -> c.callbacks(recording(events))).migrate();
        assertThat(events)
                .contains(Event.BEFORE_MIGRATE, Event.AFTER_MIGRATE)
                .containsSequence(Event.AFTER_EACH_MIGRATE);
        assertThat(events.stream().filter(Event.BEFORE_EACH_MIGRATE::equals)).hasSize(2);
        assertThat(database.<Boolean>value("SELECT to_regclass('called') IS NOT NULL"))
                .isTrue();
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
    void aTransactionalLockThatTheUserAskedForIsKeptAndNamed() {
        migrations.migrate();
        migrations.script("V2__note.sql", INDEX);
        Flyway flyway = migrations.flyway();
        transactionalLock(flyway).setTransactionalLock(true);
        if (VersionPrinter.getVersion().matches("1[01]\\..*")) {
            flyway.migrate(); // these versions can't tell it from the default
            assertThat(SessionLock.isChosen(flyway.getConfiguration())).isTrue();
        } else {
            assertThat(Migrations.cause(catchThrowable(flyway::migrate), ConfigurationProblem.class))
                    .hasMessageContaining("flyway.postgresql.transactional.lock=true");
            assertThat(migrations.history()).hasSize(1);
        }
    }

    @SuppressWarnings("deprecation")
    private static PostgreSQLConfigurationExtension transactionalLock(Flyway flyway) {
        return flyway.getConfiguration().getPluginRegister().getPlugin(PostgreSQLConfigurationExtension.class);
    }

    @Test
    void onePooledConnectionIsEnoughForOrdinaryScriptsOnly() {
        try (HikariDataSource pool = pool(1)) {
            assertThat(migrations.flyway(c -> c.dataSource(pool)).migrate().migrationsExecuted)
                    .isOne();
            migrations.script("V2__note.sql", INDEX);
            assertThat(Migrations.cause(
                            catchThrowable(() ->
                                    migrations.flyway(c -> c.dataSource(pool)).migrate()),
                            ConfigurationProblem.class))
                    .hasMessageContaining("Set the pool's maximum to 2 or more");
        }
        try (HikariDataSource pool = pool(2)) {
            migrations.flyway(c -> c.dataSource(pool)).migrate();
        }
        assertThat(migrations.history()).hasSize(2);
    }

    private HikariDataSource pool(int size) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.user());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(size);
        pool.setConnectionTimeout(3000);
        return pool;
    }

    @Test
    void oneTransactionForAllScriptsIsRefusedWhereOneOfThemIsOnline() {
        migrations.flyway(c -> c.group(true)).migrate();
        migrations.script("V2__note.sql", INDEX);
        assertThat(Migrations.cause(
                        catchThrowable(
                                () -> migrations.flyway(c -> c.group(true)).migrate()),
                        ConfigurationProblem.class))
                .hasMessageContaining("flyway.group=true");
        assertThat(migrations.history()).hasSize(1);
    }

    @Test
    void scriptsThatMixWithoutAnyIndexAreRefusedAsEver() {
        migrations.script("V2__mixed.sql", "ALTER TABLE orders ADD COLUMN b int;", "VACUUM orders;");
        assertThat(catchThrowable(migrations::migrate)).hasMessageContaining("mixed is false");
        assertThat(migrations.history()).hasSize(1);
        assertThat(migrations.flyway(c -> c.mixed(true)).migrate().migrationsExecuted)
                .isOne();
    }

    @Test
    void batchesScriptConfigurationAndOutOfOrderScriptsWorkAsEver() {
        migrations.script("V3__alone.sql", "VACUUM orders;", "ALTER TABLE orders ADD COLUMN c int;");
        migrations.script("V3__alone.sql.conf", "executeInTransaction=false");
        migrations.flyway(c -> c.batch(true)).migrate();
        migrations.script(
                "V2__note.sql", "ALTER TABLE orders ADD COLUMN d int;", INDEX, "INSERT INTO orders VALUES (1);");
        migrations.script("V2__note.sql.conf", "executeInTransaction=false");
        migrations.flyway(c -> c.batch(true).outOfOrder(true)).migrate();
        assertThat(migrations.history())
                .containsExactly("V1__shop.sql SQL true", "V3__alone.sql SQL true", "V2__note.sql SQL true");
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isOne();
    }

    @Test
    void unknownSettingsSuggestTheNearest() {
        FluentConfiguration wrong = Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .placeholders(Map.of("expandcontract.lockTimeot", "1s"));
        assertThat(Migrations.cause(catchThrowable(() -> wrong.load().migrate()), ConfigurationProblem.class))
                .hasMessageContaining("did you mean lockTimeout?");
    }
}
