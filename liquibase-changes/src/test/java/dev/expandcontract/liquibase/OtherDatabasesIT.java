package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H2, with the pack on the class path. */
@PostgresTest
class OtherDatabasesIT {
    private static final String ONLINE = "onlineCreateIndex: {tableName: orders, columnNames: id}";

    private final Project project;
    private final Connection h2;

    OtherDatabasesIT(TestDatabase database, @TempDir Path directory) throws SQLException {
        this.project = new Project(directory, database);
        this.h2 = DriverManager.getConnection("jdbc:h2:mem:");
    }

    @AfterEach
    void stop() throws SQLException {
        h2.close();
    }

    @Test
    void ordinaryChangesRunAndEverythingCanBeDropped() throws Exception {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 1
                    author: shop
                    changes:
                      - createTable: {tableName: orders, columns: [{column: {name: id, type: bigint}}]}
                """);
        project.run(h2, liquibase -> liquibase.update(new Contexts()));
        assertThat(hasOrders()).isTrue();
        project.run(h2, Liquibase::dropAll);
        assertThat(hasOrders()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @SuppressWarnings("deprecation") // updateSql's successor came after 4.24
    void onlineChangesAreRefusedBeforeAnythingRuns(boolean sqlOnly) {
        project.change(ONLINE);
        StringWriter sql = new StringWriter();
        assertThatThrownBy(() -> project.run(h2, liquibase -> {
                    if (sqlOnly) {
                        liquibase.update(new Contexts(), new LabelExpression(), sql);
                    } else {
                        liquibase.update(new Contexts());
                    }
                }))
                .hasMessageContaining("onlineCreateIndex: it runs on PostgreSQL only, and this database is h2")
                .hasMessageContaining("dbms: postgresql");
        assertThat(sql.toString()).doesNotContain("INDEX CONCURRENTLY");
    }

    @Test
    void onlineChangesForPostgresqlAreLeftOut() throws Exception {
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n"
                        + Project.changeSet(1, ONLINE).replace("author: shop", "author: shop\n    dbms: postgresql"));
        project.run(h2, liquibase -> liquibase.update(new Contexts()));
        assertThat(hasOrders()).isFalse();
    }

    private boolean hasOrders() throws SQLException {
        return h2.getMetaData().getTables(null, null, "ORDERS", null).next();
    }
}
