package dev.expandcontract.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "ALTER TABLE orders ATTACH PARTITION o1 DEFAULT | ``",
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

    private static List<String> inAdvance(String sql) {
        return StatementLocks.inAdvance(sql, Optional::of).stream()
                .map(lock -> lock.table().sql())
                .toList();
    }
}
