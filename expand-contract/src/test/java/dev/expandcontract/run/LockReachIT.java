package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.StatementLocks;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we read off a statement is what a real server locks. */
@PostgresTest
class LockReachIT {
    private final TestDatabase database;

    LockReachIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void tables() {
        database.reset();
        database.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint CONSTRAINT f REFERENCES customers,"
                        + " note text, CONSTRAINT c CHECK (id > 0))",
                "CREATE INDEX note_idx ON orders (note)",
                "CREATE TABLE lines (id bigint, order_id bigint REFERENCES orders)",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
                "CREATE TABLE things (id bigint, a int, CONSTRAINT c CHECK (id > 0))",
                "CREATE TRIGGER t AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE RULE r AS ON DELETE TO things DO ALSO NOTHING",
                "CREATE POLICY p ON things",
                "CREATE TABLE big_things (b int) INHERITS (things)",
                "CREATE TABLE bigger_things () INHERITS (big_things)",
                "CREATE TABLE events (id bigint, a int) PARTITION BY LIST (id)",
                "CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1)",
                "CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2) PARTITION BY LIST (a)",
                "CREATE TABLE events_2_a PARTITION OF events_2 DEFAULT",
                "CREATE INDEX events_a ON events (a)",
                "CREATE TABLE logs (id bigint) PARTITION BY LIST (id)",
                "CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN (1)",
                "CREATE TABLE logs_rest PARTITION OF logs DEFAULT",
                "CREATE TABLE events_3 (id bigint, a int)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE things ADD COLUMN validated_at date",
                "ALTER TABLE ONLY things ALTER a SET DEFAULT 1",
                "ALTER TABLE things ALTER a SET DEFAULT 1",
                "ALTER TABLE things ALTER a TYPE bigint",
                "ALTER TABLE things ALTER a SET NOT NULL",
                "ALTER TABLE things ALTER a SET STORAGE plain",
                "ALTER TABLE things ALTER a SET STATISTICS 100",
                "ALTER TABLE things ALTER a SET (n_distinct = 5)",
                "ALTER TABLE things RENAME a TO z",
                "ALTER TABLE things RENAME CONSTRAINT c TO d",
                "ALTER TABLE things RENAME TO stuff",
                "ALTER TABLE things OWNER TO CURRENT_USER",
                "ALTER TABLE things SET (fillfactor = 70)",
                "ALTER TABLE things SET UNLOGGED",
                "ALTER TABLE things ADD CONSTRAINT d CHECK (a > 0) NOT VALID",
                "ALTER TABLE things DROP CONSTRAINT c",
                "ALTER TABLE things DISABLE TRIGGER t",
                "ALTER TABLE things DISABLE RULE r",
                "ALTER TABLE things ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE things FORCE ROW LEVEL SECURITY",
                "ALTER TABLE things REPLICA IDENTITY FULL",
                "ALTER TABLE things VALIDATE CONSTRAINT c",
                "ALTER TABLE big_things NO INHERIT things",
                "ALTER TABLE things ADD PRIMARY KEY (id)",
                "ALTER TABLE things ADD x int, ADD FOREIGN KEY (a) REFERENCES customers",
                "ALTER TABLE events ADD COLUMN x int",
                "ALTER TABLE events ADD FOREIGN KEY (a) REFERENCES customers",
                "ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES IN (3)",
                "ALTER TABLE events DETACH PARTITION events_1",
                "CREATE TABLE x (customer_id bigint REFERENCES customers, order_id bigint REFERENCES orders)",
                "CREATE INDEX ON things (a)",
                "CREATE INDEX i ON events (id)",
                "CREATE TRIGGER u BEFORE UPDATE OF a, id ON things FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE TRIGGER u AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE POLICY q ON things USING (true)",
                "ALTER POLICY p ON things USING (true)",
                "CREATE OR REPLACE RULE r AS ON DELETE TO things DO ALSO NOTHING",
                "DROP RULE r ON things",
                "DROP TRIGGER t ON things",
                "ALTER TRIGGER t ON things RENAME TO u",
                "DROP INDEX note_idx",
                "DROP INDEX events_a",
                "TRUNCATE things, lines",
                "TRUNCATE TABLE ONLY things RESTART IDENTITY",
                "DROP TABLE lines, events",
                "DROP TABLE orders CASCADE",
                "DROP TABLE IF EXISTS things CASCADE",
                "DROP TABLE events_2",
                "DROP TABLE logs_1",
            })
    void theLocksThatAStatementTakesAreTheOnesThatWeExpect(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Map<String, LockMode> expected = expected(connection, sql);

            assertThat(taken(statement, sql)).isEqualTo(expected);
        }
    }

    /** Which PostgreSQL began to do with version 18. */
    @Test
    void aForeignKeyOfATableThatOthersInheritIsExpectedToLockThemToo() throws SQLException {
        String sql = "ALTER TABLE things ADD FOREIGN KEY (a) REFERENCES customers NOT VALID";
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Map<String, LockMode> expected = expected(connection, sql);

            assertThat(expected).containsKeys("customers", "things", "big_things", "bigger_things");
            assertThat(expected).containsAllEntriesOf(taken(statement, sql));
        }
    }

    private static Map<String, LockMode> expected(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        Map<String, LockMode> expected = new TreeMap<>();
        LockReach.of(connection, StatementLocks.of(sql, Catalog.of(connection)::lockedTable))
                .forEach(lock -> expected.merge(lock.table().name().value(), lock.mode(), LockReachIT::stronger));
        return expected;
    }

    private static Map<String, LockMode> taken(Statement statement, String sql) throws SQLException {
        statement.execute(
                "CREATE TEMP TABLE existing AS SELECT oid, relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace");
        statement.execute(sql);
        Map<String, LockMode> taken = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery("""
                SELECT c.relname, l.mode
                FROM pg_locks l JOIN existing c ON c.oid = l.relation
                WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'p')
                """)) {
            while (rows.next()) {
                String mode = rows.getString(2);
                LockMode lock = Arrays.stream(LockMode.values())
                        .filter(m -> m.pgLocksMode().equals(mode))
                        .findFirst()
                        .orElseThrow();
                if (lock.blocksWrites()) {
                    taken.merge(rows.getString(1), lock, LockReachIT::stronger);
                }
            }
        }
        return taken;
    }

    private static LockMode stronger(LockMode one, LockMode other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
