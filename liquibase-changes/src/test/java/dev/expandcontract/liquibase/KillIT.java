package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.expandcontract.run.StateTables;
import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kill -9. The changelog lock stays behind, as ever in Liquibase; whoever has released it just runs the update again. */
@PostgresTest
class KillIT {
    private static final Path EXAMPLES = Path.of("../docs/operations/examples");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase database;
    private final Path directory;
    private final Project project;

    KillIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
        this.project = new Project(directory, database);
    }

    @ParameterizedTest
    @CsvSource({
        "create-index, 1",
        "add-foreign-key, 1",
        "add-foreign-key, 2",
        "add-check, 1",
        "add-check, 2",
        "add-not-null, 1",
        "add-not-null, 2",
        "add-not-null, 3",
        "add-not-null, 4",
        "drop-index, 1",
        "validate-constraint, 1",
        "sql, 1",
        "backfill, 1"
    })
    void afterAnyStepTheNextUpdateFinishesTheRest(String example, int step) throws Exception {
        assumeFalse(
                example.equals("add-not-null") && step > 2 && database.serverVersion() >= 18,
                "from PostgreSQL 18 on it takes two steps");
        start(example);
        project.update();
        CatalogSnapshot unkilled = snapshot();
        String rows = rows();

        start(example);
        try (ChildJvm child = child(step)) {
            child.awaitLine(UpdateMain.STANDS_STILL, PATIENCE);
            child.kill();
        }
        assertThat(changeSets()).isZero();
        project.releaseLocks();
        project.update();

        assertThat(snapshot().differenceTo(unkilled)).isEmpty();
        assertThat(rows()).isEqualTo(rows);
        assertThat(changeSets()).isOne();
    }

    @Test
    void inTheMiddleOfABuildTheNextUpdateBuildsAnew() throws Exception {
        start("create-index");
        try (LockHolder writer = LockHolder.hold(database, "INSERT INTO orders (id, total) VALUES (0, 0)");
                ChildJvm child = child(1)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> database.<Long>value(
                                    "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'")
                            == 1);
            child.kill();
            writer.release();
        }
        project.releaseLocks();
        project.update();

        assertThat(database.rows("SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
                        + " WHERE indrelid = 'orders'::regclass AND NOT indisprimary"))
                .hasToString("[[orders_customer_id_idx, true]]");
        assertThat(changeSets()).isOne();
    }

    private ChildJvm child(int step) {
        return ChildJvm.start(
                UpdateMain.class,
                "changelog.yaml",
                directory.toString(),
                database.url(),
                database.user(),
                database.password(),
                String.valueOf(step));
    }

    private void start(String example) throws IOException {
        database.reset();
        database.execute(Files.readString(EXAMPLES.resolve(example).resolve("scenario.sql")));
        project.changelog(
                "changelog.yaml", Files.readString(EXAMPLES.resolve(example).resolve("liquibase.yaml")));
    }

    private CatalogSnapshot snapshot() {
        return CatalogSnapshot.of(database)
                .withoutTables(table -> table.startsWith("databasechangelog")
                        || StateTables.names().contains(table));
    }

    private String rows() {
        return database.value(
                "SELECT md5(string_agg((to_jsonb(o) - 'created_at')::text, ';' ORDER BY id)) FROM orders o");
    }

    private long changeSets() {
        return database.<Long>value("SELECT count(*) FROM databasechangelog");
    }
}
