package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class BatchedRowsIT {
    private final TestDatabase database;
    private final Online online;

    BatchedRowsIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void tables() {
        database.reset();
        database.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, email text, customer_id bigint)",
                "INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) n",
                "INSERT INTO orders SELECT n, 'c' || 1 + n % 50 FROM generate_series(1, 500) n");
    }

    @Test
    void joinsOtherTablesAndSharesTheWork() {
        online.run(
                "backfill",
                "tableName",
                "orders",
                "set",
                "customer_id = c.id",
                "fromClause",
                "customers c",
                "condition",
                "orders.customer_id IS NULL AND c.email = orders.email",
                "workers",
                3);

        assertThat(count("orders WHERE customer_id = 1 + id % 50")).isEqualTo(500);
    }

    @Test
    void goesThroughPartitions() {
        database.execute(
                "CREATE TABLE events (id bigint, region text, n int, PRIMARY KEY (region, id)) PARTITION BY LIST (region)",
                "CREATE TABLE north PARTITION OF events FOR VALUES IN ('north')",
                "CREATE TABLE south PARTITION OF events FOR VALUES IN ('south')",
                "INSERT INTO events SELECT i, CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END, 0 FROM generate_series(1, 300) i");

        online.run("backfill", "tableName", "events", "set", "n = n + 1");
        online.run("deleteRows", "tableName", "events", "condition", "events.id > 200");

        assertThat(count("events WHERE n = 1")).isEqualTo(200);
        assertThat(count("events")).isEqualTo(200);
    }

    @Test
    void copiesWhatTheTargetLacksOrTellsOfRowsThatItHas() {
        database.execute(
                "CREATE TABLE archive (email text, id bigint PRIMARY KEY)",
                "INSERT INTO archive VALUES ('kept', 7), ('kept', 300)");

        online.run("copyRows", "tableName", "orders", "targetTableName", "archive", "skipExisting", true);

        assertThat(count("archive")).isEqualTo(500);
        assertThat(count("archive WHERE email = 'kept'")).isEqualTo(2);
        assertThatThrownBy(() -> online.run(
                        "copyRows", "tableName", "orders", "targetTableName", "archive", "condition", "id IN (7, 9)"))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("finished but for 2 rows, which could not be changed")
                .hasMessageContaining("WHERE job = 'orders.copy.archive' AND state = 'failed'");
    }

    @Test
    void refusesWhatDoesNotFitBeforeAnythingIsCopied() {
        database.execute("CREATE TABLE archive (nothing int, order_id bigint)");

        assertThatThrownBy(() -> online.run("copyRows", "tableName", "orders", "targetTableName", "archive"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("have no column of the same name: give columnNames and expressions");
        assertThatThrownBy(() -> online.run(
                        "copyRows",
                        "tableName",
                        "orders",
                        "targetTableName",
                        "archive",
                        "columnNames",
                        "order_id, nothing",
                        "expressions",
                        "id"))
                .hasMessageContaining("there are 1 expressions for 2 columns");
        assertThatThrownBy(() -> online.run("deleteRows", "tableName", "orders", "condition", "id < 3", "speed", 0))
                .hasMessageContaining("speed must be from 1 to 100, but is 0");
        assertThat(count("orders")).isEqualTo(500);
    }

    @Test
    void keepsNotNullWaitingUntilTheColumnIsFilled() {
        database.execute("ALTER TABLE orders ADD CONSTRAINT no_40 CHECK (id <> 40 OR customer_id IS NULL)");
        assertThatThrownBy(() -> online.run("backfill", "tableName", "orders", "set", "customer_id = 1"))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("finished but for 1 rows");

        assertThatThrownBy(() -> online.run("addNotNull", "tableName", "orders", "columnName", "customer_id"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining(
                        "backfill \"orders.customer_id\", which fills this column, is finished with failures")
                .hasMessageContaining("499 changed, 1 failed");
        assertThat(database.rows("SELECT conname::text FROM pg_constraint WHERE conrelid = 'orders'::regclass AND"
                        + " contype = 'c'"))
                .isEqualTo(List.of(List.of("no_40")));

        database.execute("ALTER TABLE orders DROP CONSTRAINT no_40");
        online.run("backfill", "tableName", "orders", "set", "customer_id = 1");
        online.run("addNotNull", "tableName", "orders", "columnName", "customer_id");
        assertThat(
                        database.<Boolean>value(
                                "SELECT attnotnull FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'customer_id'"))
                .isTrue();
    }

    private long count(String from) {
        return database.<Long>value("SELECT count(*) FROM " + from);
    }
}
