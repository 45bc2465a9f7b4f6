package dev.expandcontract.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementLocksTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ALTER TABLE orders ADD COLUMN x int | ACCESS EXCLUSIVE on orders",
                "alter table if exists only Shop.\"Order Items\" drop column x | ACCESS EXCLUSIVE on shop.\"Order Items\"",
                "ALTER TABLE orders ADD FOREIGN KEY (c) REFERENCES customers (id) | SHARE ROW EXCLUSIVE on orders, SHARE ROW EXCLUSIVE on customers",
                "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES customers | SHARE ROW EXCLUSIVE on orders, SHARE ROW EXCLUSIVE on customers",
                "ALTER TABLE orders ADD c bigint REFERENCES customers | ACCESS EXCLUSIVE on orders, SHARE ROW EXCLUSIVE on customers",
                "ALTER TABLE orders ALTER c SET STATISTICS 100 | ``",
                "ALTER TABLE orders SET (fillfactor = 70) | ``",
                "ALTER TABLE orders ATTACH PARTITION o1 DEFAULT | ACCESS EXCLUSIVE on o1",
                "ALTER TABLE orders DETACH PARTITION o1 | ACCESS EXCLUSIVE on orders, ACCESS EXCLUSIVE on o1",
                "ALTER TABLE orders DETACH PARTITION o1 CONCURRENTLY | ``",
                "ALTER TABLE orders * ADD COLUMN validated_at date | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders ADD COLUMN cluster_id int | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders DROP COLUMN trigger_count | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders ALTER partition SET DEFAULT 1 | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders ALTER inherit SET (n_distinct = 5) | ``",
                "ALTER TABLE orders DISABLE TRIGGER ALL | SHARE ROW EXCLUSIVE on orders",
                "ALTER TABLE orders CLUSTER ON i, SET (fillfactor = 70) | ``",
                "ALTER TABLE orders VALIDATE CONSTRAINT c, ADD COLUMN x numeric(9, 2) | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders ADD \"a REFERENCES b\" int | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE praxis.ärzte ADD COLUMN x int | ACCESS EXCLUSIVE on praxis.\"ärzte\"",
                "DROP TABLE a, shop.b , \"C,\" RESTRICT | ACCESS EXCLUSIVE on a, ACCESS EXCLUSIVE on shop.b, ACCESS EXCLUSIVE on \"C,\"",
                "TRUNCATE TABLE a, ONLY b RESTART IDENTITY CASCADE | ACCESS EXCLUSIVE on a, ACCESS EXCLUSIVE on b",
                "DROP INDEX CONCURRENTLY IF EXISTS orders_idx | ``",
                "CREATE RULE r AS ON INSERT TO orders DO NOTHING | ACCESS EXCLUSIVE on orders",
                "ALTER POLICY p ON orders RENAME TO q | ACCESS EXCLUSIVE on orders",
                "DROP TABLE aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff6789 | ``",
                "CREATE TABLE x (c bigint REFERENCES customers) | SHARE ROW EXCLUSIVE on customers",
                "CREATE UNIQUE INDEX i ON orders (a) | SHARE on orders",
                "CREATE INDEX ON orders (a) | SHARE on orders",
                "CREATE INDEX CONCURRENTLY i ON orders (a) | ``",
                "DROP TABLE IF EXISTS orders CASCADE | ACCESS EXCLUSIVE on orders",
                "DROP INDEX orders_idx | ACCESS EXCLUSIVE on orders_idx",
                "TRUNCATE orders | ACCESS EXCLUSIVE on orders",
                "CREATE TRIGGER t BEFORE UPDATE ON orders EXECUTE FUNCTION f() | SHARE ROW EXCLUSIVE on orders",
                "DROP TRIGGER t ON orders | ACCESS EXCLUSIVE on orders",
                "CREATE POLICY p ON orders USING (true) | ACCESS EXCLUSIVE on orders",
                "ALTER TABLE orders VALIDATE CONSTRAINT c | ``",
                "UPDATE orders SET a = 'ALTER TABLE x' | ``",
                "/* ALTER TABLE a */ SELECT 1 -- DROP TABLE b | ``",
            })
    void readsTheLocksOffAStatement(String sql, String locks) {
        assertThat(String.join(
                        ", ",
                        StatementLocks.of(sql).stream().map(Lock::toString).toList()))
                .isEqualTo(locks);
    }

    @Test
    void eachTableOnceAndInTheOrderOfTheScript() {
        assertThat(StatementLocks.of("ALTER TABLE b ADD x int; ALTER TABLE a ADD x int; ALTER TABLE b ADD y int"))
                .extracting(lock -> lock.table().sql())
                .containsExactly("b", "a");
    }

    @Test
    void takesInAdvanceOnlyWhatDelaysNobody() {
        assertThat(
                        inAdvance(
                                "ALTER TABLE a ADD x int; ALTER TABLE b ADD y int; CREATE INDEX i ON c (x); ALTER TABLE d ADD z int"))
                .as("nothing waits for the index build")
                .containsExactly("a", "b", "c");
        assertThat(inAdvance("ALTER TABLE a ADD x int; INSERT INTO a VALUES (1); ALTER TABLE b ADD y int"))
                .as("nothing waits for the rows")
                .containsExactly("a");
        assertThat(inAdvance("CREATE TABLE n (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE b ADD y int"))
                .containsExactly("a", "b");
        assertThat(inAdvance("CREATE TABLE n AS SELECT 1; ALTER TABLE b ADD y int"))
                .isEmpty();
        assertThat(inAdvance("UPDATE a SET x = 1; ALTER TABLE a ADD y int")).isEmpty();
        assertThat(inAdvance("SET search_path = other; ALTER TABLE a ADD y int"))
                .isEmpty();
        assertThat(inAdvance("SET LOCAL lock_timeout = '5s'; COMMENT ON TABLE a IS 'x'; DROP TABLE a"))
                .containsExactly("a");
    }

    @Test
    void onlyReachesNoFurtherTables() {
        assertThat(StatementLocks.of("ALTER TABLE ONLY a ADD x int; TRUNCATE b, ONLY c; CREATE INDEX ON ONLY d (x)"))
                .extracting(Lock::reach)
                .containsExactly(Reach.TABLE, Reach.DESCENDANTS, Reach.TABLE, Reach.TABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO orders SELECT lower(a) FROM b",
                "UPDATE orders SET a = 1; DELETE FROM orders; SET search_path = x",
                "SELECT * FROM orders FOR UPDATE; SELECT pg_catalog.setval('s', 10)",
                "-- nothing",
            })
    void whatOnlyHandlesRowsBlocksNobody(String sql) {
        assertThat(StatementLocks.mayBlock(sql)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO orders VALUES (1); CREATE TABLE x (id int)",
                "DO $$ BEGIN NULL; END $$",
                "CALL partition_orders()",
                "SELECT create_hypertable('orders', 'at')",
                "LOCK TABLE orders",
            })
    void aDefinitionOrAnythingUnknownMayBlock(String sql) {
        assertThat(StatementLocks.mayBlock(sql)).isTrue();
    }

    private static List<String> inAdvance(String sql) {
        return StatementLocks.inAdvance(sql, Optional::of).stream()
                .map(lock -> lock.table().sql())
                .toList();
    }
}
