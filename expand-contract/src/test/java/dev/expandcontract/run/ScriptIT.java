package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class ScriptIT {
    private final TestDatabase database;

    ScriptIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void orders() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text)", "INSERT INTO orders VALUES (1, null), (2, 'x')");
    }

    @Test
    void aBackfillWhoseAssignmentEndsInACommentRuns() throws SQLException {
        Operation backfill = Online.operation(
                "backfill", "tableName", "orders", "set", "note = 'y' -- for all", "condition", "note IS NULL -- yet");

        script(backfill).forEach(database::execute);

        assertThat(database.rows("SELECT id, note FROM orders ORDER BY id").toString())
                .isEqualTo("[[1, y], [2, x]]");
    }

    @Test
    void byHandABackfillIsDoneAtOnceWhateverItsMode() throws SQLException {
        Object[] fill = {"tableName", "orders", "set", "note = 'y'", "condition", "note IS NULL", "mode", "background"};

        assertThat(script(Online.operation("backfill", fill)))
                .isEqualTo(script(Online.operation("backfill", Arrays.copyOf(fill, 6))));
    }

    @Test
    void awaitingABackfillIsForThePersonToDo() throws SQLException {
        assertThat(script(Online.operation("awaitBackfill", "backfillName", "orders.note")))
                .singleElement()
                .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.startsWith("-- ")))
                .asString()
                .contains("-- SELECT state FROM expand_contract_backfill WHERE name = 'orders.note';");
    }

    private List<String> script(Operation operation) throws SQLException {
        try (Connection connection = database.connect()) {
            Catalog catalog = Catalog.of(connection);
            return new Script(catalog, Settings.defaults(), Remaining.undoneOn(connection), null)
                    .of(operation.plan(catalog));
        }
    }
}
