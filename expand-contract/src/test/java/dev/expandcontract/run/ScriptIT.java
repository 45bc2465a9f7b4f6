package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@PostgresTest
class ScriptIT {
    private final TestDatabase database;

    ScriptIT(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aBackfillWhoseAssignmentEndsInACommentRuns() throws SQLException {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)", "INSERT INTO orders VALUES (1, null), (2, 'x')");
        Operation backfill = Online.operation(
                "backfill", "tableName", "orders", "set", "note = 'y' -- for all", "condition", "note IS NULL -- yet");

        try (Connection connection = database.connect()) {
            Catalog catalog = Catalog.of(connection);
            new Script(catalog, Settings.defaults(), Remaining.undoneOn(connection), null)
                    .of(backfill.plan(catalog))
                    .forEach(database::execute);
        }

        assertThat(database.rows("SELECT id, note FROM orders ORDER BY id").toString())
                .isEqualTo("[[1, y], [2, x]]");
    }
}
