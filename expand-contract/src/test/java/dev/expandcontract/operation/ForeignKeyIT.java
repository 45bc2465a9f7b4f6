package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.run.Online;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class ForeignKeyIT {
    private final TestDatabase database;
    private final Online online;

    ForeignKeyIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void columnsThatAKeyIncludesAreNotReferenced() {
        database.execute(
                "CREATE TABLE people (id bigint, email text, PRIMARY KEY (id) INCLUDE (email))",
                "INSERT INTO people SELECT id, email FROM customers");

        online.run(foreignKey("customer_id", "people"));

        assertThat(definition("orders_customer_id_fkey")).isEqualTo("FOREIGN KEY (customer_id) REFERENCES people(id)");
    }

    @Test
    void columnsThatAnIndexIncludesDoNotCoverTheKey() {
        database.execute(
                "ALTER TABLE customers ADD UNIQUE (id, email)", "CREATE INDEX ON orders (customer_id) INCLUDE (note)");

        online.run(Online.operation(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id, note",
                "referencedTableName",
                "customers",
                "referencedColumnNames",
                "id, email"));

        assertThat(online.recorder.warnings).singleElement().asString().contains("no index of public.orders starts");
    }

    /** SYSTEM_USER is a key word from PostgreSQL 16 on. */
    @Test
    void namesThatOnlySomeVersionsQuoteAreTheSame() {
        database.execute(
                "ALTER TABLE orders ADD COLUMN \"system_user\" bigint",
                "ALTER TABLE orders ADD CONSTRAINT orders_system_user_not_null_proof CHECK (\"system_user\" IS NOT NULL)"
                        + " NOT VALID",
                "ALTER TABLE orders ADD FOREIGN KEY (\"system_user\") REFERENCES customers NOT VALID",
                "UPDATE orders SET \"system_user\" = 1");

        online.run(foreignKey("system_user", "customers"));
        online.run("addNotNull", "tableName", "orders", "columnName", "system_user");

        assertThat(definition("orders_system_user_fkey")).doesNotEndWith("NOT VALID");
    }

    @Test
    void aConstraintThatSomebodyElseAddsAfterPlanningIsNotTakenBack() throws SQLException {
        database.execute("INSERT INTO orders VALUES (0, 999, 1, null)");
        RunListener somebodyElse = new RunListener() {
            @Override
            public void planned(Plan plan) {
                database.execute("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers NOT VALID");
            }
        };
        try (Connection connection = database.connect()) {
            Runner runner = new Runner(Settings.defaults(), somebodyElse);
            assertThatThrownBy(() -> runner.run(
                            online.target(connection), Origin.java(), foreignKey("customer_id", "customers")))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("(customer_id)=(999) is not present");
        }
        assertThat(definition("orders_customer_id_fkey")).endsWith("NOT VALID");
    }

    private static Operation foreignKey(String column, String referenced) {
        return Online.operation(
                "addForeignKey", "tableName", "orders", "columnNames", column, "referencedTableName", referenced);
    }

    private String definition(String constraint) {
        return database.value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ?", constraint);
    }
}
