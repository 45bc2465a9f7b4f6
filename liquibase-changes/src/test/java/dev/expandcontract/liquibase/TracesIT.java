package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.changelog.visitor.DefaultChangeExecListener;
import liquibase.exception.LiquibaseException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an update leaves in what its user has lent: nothing. */
@PostgresTest
class TracesIT {
    private static final String ORDINARY = """
            databaseChangeLog:
            - changeSet: {id: a, author: shop, context: a, changes: [{sql: SELECT 1}]}
            - changeSet: {id: b, author: shop, context: b, changes: [{sql: ALTER TABLE orders ADD note text}]}
            """;

    private final TestDatabase database;
    private final Project project;

    TracesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() throws Exception {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)", "INSERT INTO orders VALUES (1, 1)");
        project.change("onlineAddNotNull: {tableName: orders, columnName: total}")
                .update();
        project.changelog("changelog.yaml", ORDINARY);
    }

    @Test
    void aListenerOfTheUsersOwnDoesNotLearnToTakeLocks() throws Exception {
        DefaultChangeExecListener own = new DefaultChangeExecListener();
        System.setProperty("expandcontract.lockBudget", "2s");
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET total = 0 WHERE id = 1")) {
            project.run(liquibase -> {
                liquibase.setChangeExecListener(own);
                liquibase.update(new Contexts("a"));
                assertThat(own.getDeployedChangeSets()).extracting("id").containsExactly("a");
                assertThat(updateSql(liquibase, "b")).contains("ADD note");
            });
        } finally {
            System.clearProperty("expandcontract.lockBudget");
        }
    }

    @Test
    void aListenerOfTheUsersOwnIsEmptiedBeforeTheNextUpdate() throws Exception {
        DefaultChangeExecListener own = new DefaultChangeExecListener();
        project.run(liquibase -> {
            liquibase.setChangeExecListener(own);
            liquibase.update(new Contexts("a"));
            liquibase.update(new Contexts("b"));
        });
        assertThat(own.getDeployedChangeSets()).extracting("id").containsExactly("b");
    }

    @Test
    void theConnectionIsInNoTransactionAfterAnUpdate() throws Exception {
        try (Connection connection = database.connect()) {
            int pid = pid(connection);
            project.run(connection, liquibase -> liquibase.update(new Contexts("a")));
            assertThat(database.<String>value("SELECT state FROM pg_stat_activity WHERE pid = ?", pid))
                    .isEqualTo("idle");
        }
    }

    @Test
    void theConnectionCanBeUsedAfterAnUpdateByARoleThatMayNotReadOurTables() throws Exception {
        String role = database.createRole("other");
        database.execute("GRANT ALL ON databasechangelog, databasechangeloglock TO " + role);
        try (Connection connection = database.connectAs(role)) {
            project.run(connection, liquibase -> liquibase.update(new Contexts("a")));
            assertThat(pid(connection)).isPositive();
        }
    }

    @SuppressWarnings("deprecation") // its successor came after 4.24
    private static String updateSql(Liquibase liquibase, String context) throws LiquibaseException {
        StringWriter sql = new StringWriter();
        liquibase.update(new Contexts(context), new LabelExpression(), sql);
        return sql.toString();
    }

    private static int pid(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
