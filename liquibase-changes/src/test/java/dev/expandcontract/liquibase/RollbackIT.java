package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
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

    private long changed() {
        return database.<Long>value("SELECT count(*) FROM orders WHERE total = -1");
    }
}
