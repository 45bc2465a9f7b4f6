package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import liquibase.Contexts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rollback blocks, and what we remember of changeSets that were rolled back. */
@PostgresTest
class RollbackIT {
    private static final String KILL = """
            - changeSet:
                id: 2
                author: shop
                changes:
                  - sql: SELECT pg_terminate_backend(pg_backend_pid())
            """;

    private final TestDatabase database;
    private final Project project;

    RollbackIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)",
                "INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onlineSql: {sql: UPDATE orders SET total = -1} | UPDATE orders SET total = id",
                "onlineBackfill: {tableName: orders, set: total = -1} | UPDATE orders SET total = id"
            })
    void aChangeSetThatWasRolledBackAfterACrashIsRunAgain(String change, String rollback) throws Exception {
        String changeSet = Project.changeSet(1, change) + "    rollback:\n      - sql: " + rollback + "\n";
        project.changelog("changelog.yaml", "databaseChangeLog:\n" + changeSet + KILL);
        assertThatThrownBy(project::update).isNotNull();
        project.releaseLocks();
        project.rollback();
        assertThat(changed()).isZero();

        project.changelog("changelog.yaml", "databaseChangeLog:\n" + changeSet).update();

        assertThat(changed()).isEqualTo(100);
        assertThat(database.rows("SELECT exectype FROM databasechangelog")).hasToString("[[EXECUTED]]");
    }

    @Test
    void rollbackBlocksOfOrdinaryChangeSetsAreCheckedBeforeAnythingRuns() {
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n" + ordinary("fine", "", "sql: DROP TABLE invoices_fine")
                        + ordinary("misspelt", "runInTransaction: false", "onlineDropIndex: {indxName: i}")
                        + ordinary("transaction", "", "onlineDropIndex: {indexName: i}")
                        + ordinary("elsewhere", "context: elsewhere", "onlineDropIndex: {indexNmae: i}"));

        Throwable error = catchThrowable(() -> project.run(liquibase -> liquibase.update(new Contexts("here"))));

        assertThat(error)
                .hasMessageContaining(
                        "changelog.yaml::misspelt::shop: rollback: onlineDropIndex: unknown attribute indxName, did you mean indexName?")
                .hasMessageContaining(
                        "changelog.yaml::transaction::shop: rollback: onlineDropIndex: the changeSet needs runInTransaction: false")
                .message()
                .doesNotContain("elsewhere");
        assertThat(database.<String>value("SELECT to_regclass('invoices_fine')::text"))
                .isNull();
        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isZero();
    }

    @Test
    void rollbackBlocksOfChangeSetsThatRanBeforeAreLeftAlone() throws Exception {
        String changeSet = ordinary("ran", "runInTransaction: false", "onlineSql: {sql: DROP TABLE invoices_ran}");
        project.changelog("changelog.yaml", "databaseChangeLog:\n" + changeSet).update();
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n" + changeSet.replace("{sql:", "{slq:") + ordinary("next", "", "empty: {}"));

        project.update();

        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isEqualTo(2);
    }

    private static String ordinary(String id, String attribute, String rollback) {
        return """
                - changeSet:
                    id: %s
                    author: shop
                    %s
                    changes:
                      - sql: CREATE TABLE invoices_%s (id bigint)
                    rollback:
                      - %s
                """.formatted(id, attribute, id, rollback);
    }

    private long changed() {
        return database.<Long>value("SELECT count(*) FROM orders WHERE total = -1");
    }
}
