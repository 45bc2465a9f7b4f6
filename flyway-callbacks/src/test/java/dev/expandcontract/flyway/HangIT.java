package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class HangIT {
    /** Whether the build waits for the snapshot of an idle transaction that holds an advisory lock: Flyway's. */
    private static final String WAITS_FOR_FLYWAY = """
            SELECT EXISTS (
                SELECT FROM pg_stat_progress_create_index build
                JOIN pg_stat_activity builder ON builder.pid = build.pid AND builder.wait_event = 'virtualxid'
                JOIN pg_stat_activity waited_for ON waited_for.pid = ANY (pg_blocking_pids(build.pid))
                JOIN pg_locks lock ON lock.pid = waited_for.pid AND lock.locktype = 'advisory' AND lock.granted
                WHERE build.phase = 'waiting for old snapshots' AND build.datname = current_database()
                  AND waited_for.state = 'idle in transaction' AND waited_for.backend_xmin IS NOT NULL)
            """;

    private final TestDatabase database;
    private final Migrations migrations;

    HangIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    @BeforeEach
    void emptyDatabase() {
        database.reset();
        migrations.script("V1__shop.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
        migrations.script("V2__note.sql", "CREATE INDEX CONCURRENTLY orders_note ON orders (note);");
    }

    @Test
    void aConcurrentBuildWaitsForFlywaysOwnLockForEver() throws Exception {
        CompletableFuture<MigrateResult> plain = OwnThread.supply(
                () -> migrations.flyway(Migrations.withoutThePack()).migrate());

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> database.<Boolean>value(WAITS_FOR_FLYWAY));
        Thread.sleep(2000);
        assertThat(database.<Boolean>value(WAITS_FOR_FLYWAY)).isTrue();
        assertThat(plain).isNotDone();

        database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index");
        assertThat(catchThrowable(plain::join)).isNotNull();
    }

    @Test
    void withThePackSeveralInstancesAtOnceAllEnd() {
        migrations.script(
                "V3__more.sql",
                "ALTER TABLE orders ADD COLUMN total int;",
                "CALL online.create_index(table_name => 'orders', column_names => 'total');",
                "CREATE INDEX CONCURRENTLY ON orders (note, total);");
        List<CompletableFuture<MigrateResult>> instances = Stream.generate(() -> OwnThread.supply(migrations::migrate))
                .limit(3)
                .toList();
        int applied = instances.stream()
                .mapToInt(instance -> instance.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
                        .join()
                        .migrationsExecuted)
                .sum();
        assertThat(applied).isEqualTo(3);
        assertThat(migrations.history())
                .containsExactly("V1__shop.sql SQL true", "V2__note.sql SQL true", "V3__more.sql SQL true");
        assertThat(migrations.notes())
                .containsExactly(
                        "createIndex 1 done true",
                        "sql 1 done true",
                        "createIndex 2 done true",
                        "createIndex 3 done true");
    }
}
