package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class AddNotNullIT {
    private final TestDatabase database;
    private final Online online;

    AddNotNullIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void endsWithTheSameCatalogueAsThePlainStatement() {
        database.execute("ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL");
        CatalogSnapshot plain = CatalogSnapshot.of(database);
        database.execute("ALTER TABLE orders ALTER COLUMN customer_id DROP NOT NULL");

        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");

        assertThat(plain.differenceTo(CatalogSnapshot.of(database).withoutTables("expand_contract_operation")))
                .isEmpty();
    }

    /** PostgreSQL says at level DEBUG1 when a constraint saves it from reading the table. */
    @Test
    void setsNotNullWithoutReadingTheTable() throws SQLException {
        Assumptions.assumeTrue(database.serverVersion() < 18, "PostgreSQL 18 needs no proof by CHECK");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET client_min_messages = debug1");
            Plan plan = Online.operation("addNotNull", "tableName", "orders", "columnName", "customer_id")
                    .plan(Catalog.of(connection));
            StringBuilder said = new StringBuilder();
            for (Step step : plan.steps()) {
                statement.execute(step.action().sql());
                for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
                    said.append(w.getMessage()).append('\n');
                }
                statement.clearWarnings();
            }
            assertThat(said).contains("sufficient to prove that it does not contain nulls");
        }
    }

    @Test
    void anAlreadyNotNullColumnIsLeftAlone() {
        online.run("addNotNull", "tableName", "orders", "columnName", "total");

        assertThat(online.recorder.done).isEmpty();
    }

    @Test
    void nullsAreNamedAsTheReasonAndTheNextRunFinishes() {
        database.execute("INSERT INTO orders VALUES (0, NULL, 1, null)");

        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "orders", "columnName", "customer_id"))
                .isInstanceOf(StepFailed.class)
                .hasMessageContaining("Validate constraint")
                .hasMessageContaining("mend them (a backfill can)");

        database.execute("UPDATE orders SET total = 2 WHERE id = 0");
        database.execute("UPDATE orders SET customer_id = 1 WHERE customer_id IS NULL");
        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");
        assertThat(isNotNull()).isTrue();
    }

    @Test
    void aConstraintThatARenamedColumnTookAlongIsNotMistakenForTheColumnsOwn() {
        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");
        database.execute(
                "ALTER TABLE orders RENAME customer_id TO old_customer_id",
                "ALTER TABLE orders ADD customer_id bigint",
                "UPDATE orders SET customer_id = old_customer_id");

        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");

        assertThat(isNotNull()).isTrue();
    }

    /** To IS NOT NULL a row with a null in a field is no row; to NOT NULL it is. */
    @Test
    void aCompositeColumnIsRefusedWhereNotNullCanNotBeProven() {
        database.execute(
                "CREATE TYPE pair AS (a int, b int)",
                "CREATE DOMAIN small_pair AS pair CHECK (VALUE IS DISTINCT FROM row(9, 9)::pair)",
                "ALTER TABLE orders ADD COLUMN p small_pair",
                "UPDATE orders SET p = row(1, null)");

        if (database.serverVersion() >= 18) {
            online.run("addNotNull", "tableName", "orders", "columnName", "p");
            assertThat(online.recorder.done).hasSize(2);
            return;
        }
        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "orders", "columnName", "p"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("column p is of the composite type small_pair")
                .hasMessageContaining("Use sql while the application may wait");
        database.execute("ALTER TABLE orders ALTER COLUMN p SET NOT NULL");
        online.run("addNotNull", "tableName", "orders", "columnName", "p");
        assertThat(online.recorder.done).isEmpty();
    }

    @Test
    void longNamesAreNoHindrance() {
        String column = "c".repeat(60);
        database.execute("ALTER TABLE orders ADD " + column + " int", "UPDATE orders SET " + column + " = 1");

        online.run("addNotNull", "tableName", "orders", "columnName", column);
        online.run("createIndex", "tableName", "orders", "columnNames", column + ", customer_id");

        assertThat(database.<Long>value(
                        "SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass AND indisvalid"))
                .isEqualTo(2);
    }

    @Test
    void undoAllowsNullsAgainAndLeavesNothingBehind() {
        CatalogSnapshot before = CatalogSnapshot.of(database);

        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");
        online.undo("addNotNull", "tableName", "orders", "columnName", "customer_id");

        assertThat(before.differenceTo(CatalogSnapshot.of(database).withoutTables("expand_contract_operation")))
                .isEmpty();
    }

    private boolean isNotNull() {
        return database.value(
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'customer_id'");
    }
}
