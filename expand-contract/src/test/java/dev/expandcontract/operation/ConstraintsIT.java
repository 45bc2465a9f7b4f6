package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** addForeignKey, addCheck and validateConstraint. */
@PostgresTest
class ConstraintsIT {
    private final TestDatabase database;
    private final Online online;

    ConstraintsIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void aForeignKeyIsAddedNotValidAndThenValidated() {
        online.run(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id",
                "referencedTableName",
                "customers");

        assertThat(constraint("orders_customer_id_fkey"))
                .isEqualTo("FOREIGN KEY (customer_id) REFERENCES customers(id)");
        assertThat(online.recorder.done)
                .containsExactly(
                        "Add constraint orders_customer_id_fkey to public.orders, not valid yet",
                        "Validate constraint orders_customer_id_fkey of public.orders");
        assertThat(online.recorder.warnings)
                .singleElement()
                .asString()
                .contains("no index of public.orders starts with");
    }

    @Test
    void aForeignKeyWithAnIndexOnItsColumnsNeedsNoWarning() {
        database.execute("CREATE INDEX ON orders (total)", "CREATE INDEX ON orders (note, customer_id, total)");

        online.run(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id",
                "referencedTableName",
                "customers",
                "validate",
                false);
        assertThat(online.recorder.warnings).as("it is not the first column").hasSize(1);

        database.execute("CREATE INDEX ON orders (customer_id, total)");
        online.run(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id",
                "referencedTableName",
                "customers");
        assertThat(online.recorder.warnings).hasSize(1);
    }

    @Test
    void everyAttributeOfAForeignKeyReachesPostgresqlAndIsCompared() {
        database.execute("ALTER TABLE customers ADD UNIQUE (id, email)");
        Object[] attributes = {
            "tableName", "orders",
            "columnNames", "customer_id, note",
            "referencedTableName", "customers",
            "referencedColumnNames", "id, email",
            "constraintName", "\"To Customer\"",
            "onDelete", "CASCADE",
            "onUpdate", "SET NULL",
            "isDeferrable", true,
            "initiallyDeferred", true,
            "validate", false
        };
        online.run("addForeignKey", attributes);
        online.run("addForeignKey", attributes);

        assertThat(constraint("To Customer"))
                .isEqualTo("FOREIGN KEY (customer_id, note) REFERENCES customers(id, email) ON UPDATE SET NULL"
                        + " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID");
        assertThat(online.recorder.done).hasSize(1);
        attributes[attributes.length - 9] = "RESTRICT";
        assertThatThrownBy(() -> online.run("addForeignKey", attributes))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("exists and differs");
    }

    @Test
    void aForeignKeyThatRowsViolateIsTakenBackAndAddedOnceTheyAreMended() {
        database.execute("INSERT INTO orders VALUES (0, 999, 1, null)");
        Runnable migration = () -> online.run(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id",
                "referencedTableName",
                "customers");

        assertThatThrownBy(migration::run)
                .isInstanceOf(StepFailed.class)
                .hasMessageContaining("Validate constraint orders_customer_id_fkey of public.orders failed")
                .hasMessageContaining("(customer_id)=(999) is not present")
                .hasMessageContaining("mend them");
        assertThat(database.<Long>value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"))
                .isZero();

        database.execute("DELETE FROM orders WHERE id = 0");
        migration.run();
        assertThat(constraint("orders_customer_id_fkey")).doesNotEndWith("NOT VALID");
    }

    @Test
    void aViolationIsToldEvenIfTheConstraintCouldNotBeTakenBack() {
        online.withLockPolicy(Duration.ofMillis(200), Duration.ofMillis(600));
        database.execute(
                "INSERT INTO orders VALUES (0, 999, -1, null)",
                "CREATE FUNCTION slowly(numeric) RETURNS boolean LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM pg_sleep(0.002); RETURN $1 >= 0; END'");
        Object[] check = {"tableName", "orders", "condition", "slowly(total)", "constraintName", "sane"};
        CompletableFuture<LockHolder> late = OwnThread.supply(() -> {
            Awaitility.await()
                    .until(() -> database.<Boolean>value(
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'ALTER%VALIDATE%sane')"));
            return LockHolder.hold(database, "SELECT FROM orders");
        });

        assertThatThrownBy(() -> online.run("addCheck", check))
                .isInstanceOf(StepFailed.class)
                .hasMessageContaining("check constraint \"sane\" of relation \"orders\" is violated")
                .hasMessageContaining("What this run had added remains, NOT VALID (Drop constraint sane")
                .hasMessageContaining("mend them")
                .cause()
                .satisfies(violation ->
                        assertThat(violation.getSuppressed()).singleElement().isInstanceOf(LockNotAcquired.class));
        assertThat(constraint("sane")).endsWith("NOT VALID");
        assertThat(database.<String>value("SELECT error FROM expand_contract_operation"))
                .contains("is violated");

        late.join().close();
        database.execute("DELETE FROM orders WHERE id <= 0 OR id > 10");
        online.run("addCheck", check);
        assertThat(constraint("sane")).doesNotEndWith("NOT VALID");
    }

    @Test
    void aForeignKeyNeedsAKeyToReference() {
        database.execute("CREATE TABLE keyless (id bigint)");

        assertThatThrownBy(() -> online.run(
                        "addForeignKey",
                        "tableName",
                        "orders",
                        "columnNames",
                        "customer_id",
                        "referencedTableName",
                        "keyless"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("table public.keyless has no primary key; give referencedColumnNames");
        assertThatThrownBy(() -> online.run(
                        "addForeignKey",
                        "tableName",
                        "orders",
                        "columnNames",
                        "customer_id, total",
                        "referencedTableName",
                        "customers"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("2 columns can't reference 1 columns");
    }

    @Test
    void aCheckIsAddedNotValidAndThenValidatedAndTakenBackByUndo() {
        Object[] attributes = {
            "tableName", "orders", "condition", "total >= 0 AND note <> 'a''b\\'", "constraintName", "orders_sane"
        };
        online.run("addCheck", attributes);
        online.run("addCheck", attributes);

        assertThat(constraint("orders_sane")).startsWith("CHECK (").doesNotEndWith("NOT VALID");
        assertThat(online.recorder.done).hasSize(2);

        online.undo("addCheck", attributes);
        assertThat(database.<Long>value("SELECT count(*) FROM pg_constraint WHERE conname = 'orders_sane'"))
                .isZero();
    }

    @Test
    void aCheckMayNameItsTableAndEndInAComment() {
        Object[] attributes = {
            "tableName", "orders", "condition", "orders.total >= 0 -- sane", "constraintName", "orders_sane"
        };
        online.run("addCheck", attributes);
        online.run("addCheck", attributes);

        assertThat(online.recorder.done).hasSize(2);
        assertThatThrownBy(() -> online.run(
                        "addCheck",
                        "tableName",
                        "orders",
                        "condition",
                        "true); DROP TABLE orders; --",
                        "constraintName",
                        "x"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("condition must be one SQL expression");
    }

    @Test
    void aForeignKeyThatDiffersInWhatWeCannotAskForIsDifferent() {
        database.execute(
                "ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (customer_id) REFERENCES customers MATCH FULL");

        assertThatThrownBy(() -> online.run(
                        "addForeignKey",
                        "tableName",
                        "orders",
                        "columnNames",
                        "customer_id",
                        "referencedTableName",
                        "customers",
                        "constraintName",
                        "k"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("MATCH FULL");
    }

    @Test
    void aDifferentCheckOfThatNameIsRefusedShowingBoth() {
        database.execute("ALTER TABLE orders ADD CONSTRAINT orders_sane CHECK (total > 0)");

        assertThatThrownBy(() -> online.run(
                        "addCheck", "tableName", "orders", "condition", "total >= 0", "constraintName", "orders_sane"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("wanted: CHECK (total >= 0)")
                .hasMessageContaining("exists: CHECK ((total > (0)::numeric))");
    }

    @Test
    void aConditionThatPostgresqlDoesNotUnderstandIsReportedBeforeAnythingRuns() {
        assertThatThrownBy(() -> online.run(
                        "addCheck", "tableName", "orders", "condition", "totl >= 0", "constraintName", "orders_sane"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("column \"totl\" does not exist");
        assertThat(database.<Boolean>value("SELECT to_regclass('expand_contract_operation') IS NULL"))
                .isTrue();
    }

    @Test
    void aConstraintAddedNotValidEarlierIsValidated() {
        database.execute("ALTER TABLE orders ADD CONSTRAINT orders_sane CHECK (total > 0) NOT VALID");

        online.run("validateConstraint", "tableName", "orders", "constraintName", "orders_sane");

        assertThat(constraint("orders_sane")).doesNotEndWith("NOT VALID");
        assertThatThrownBy(() -> online.run("validateConstraint", "tableName", "orders", "constraintName", "missing"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("table public.orders has no constraint missing");
    }

    @Test
    void partitionedTablesAndViewsAreRefusedWithTheReason() {
        database.execute(
                "CREATE TABLE events (id bigint) PARTITION BY RANGE (id)",
                "CREATE VIEW order_view AS SELECT * FROM orders");

        assertThatThrownBy(() ->
                        online.run("addCheck", "tableName", "events", "condition", "id > 0", "constraintName", "c"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("events is partitioned");
        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "order_view", "columnName", "id"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("order_view is a view, not a table");
    }

    private String constraint(String name) {
        return database.value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ?", name);
    }
}
