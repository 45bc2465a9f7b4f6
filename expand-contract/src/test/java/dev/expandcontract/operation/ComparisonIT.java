package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What exists under the wanted name is compared, also where PostgreSQL can't be asked for its own wording. */
@PostgresTest
class ComparisonIT {
    private final TestDatabase database;
    private final Online online;

    ComparisonIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void anIndexThatPostgresqlDoesNotAcceptIsNotTheOneThatExists() {
        database.execute("CREATE INDEX x_idx ON orders (customer_id)");

        assertRefused("tableName", "orders", "expressions", "no_such_function(note)", "indexName", "x_idx")
                .hasMessageContaining("function no_such_function(text) does not exist")
                .hasMessageContaining("exists: USING btree (customer_id int8_ops)")
                .hasMessageContaining("Give another indexName");
    }

    @Test
    void indexesAreComparedWithoutTheRightToMakeTemporaryTables() throws SQLException {
        database.execute(
                "CREATE UNIQUE INDEX x_idx ON orders (id, lower(note)) INCLUDE (total) WITH (fillfactor = 70)"
                        + " WHERE total > 0",
                "CREATE INDEX desc_idx ON orders (total DESC)");
        Object[] same = {
            "tableName", "orders",
            "expressions", "id, lower( note )",
            "include", "total",
            "predicate", "(total) > 0 -- paid",
            "storage", "fillfactor=70",
            "isUnique", true,
            "indexName", "x_idx"
        };
        try (Connection connection = withoutTemporary()) {
            online.run(connection, Online.operation("createIndex", same));
            assertThat(online.recorder.done).isEmpty();

            for (int i : new int[] {3, 5, 7, 9}) {
                Object[] other = same.clone();
                other[i] = new String[] {
                            "", "", "", "id, upper(note)", "", "customer_id", "", "total > 1", "", "fillfactor=80"
                        }
                        [i];
                assertThatThrownBy(() -> online.run(connection, Online.operation("createIndex", other)))
                        .isInstanceOf(InvalidOperation.class)
                        .hasMessageContaining("permission denied to create temporary tables");
            }
            assertThatThrownBy(() -> online.run(
                            connection,
                            Online.operation(
                                    "createIndex",
                                    "tableName",
                                    "orders",
                                    "columnNames",
                                    "total",
                                    "indexName",
                                    "desc_idx")))
                    .isInstanceOf(InvalidOperation.class);
        }
    }

    @Test
    void expressionsAndPredicateMayEndInAComment() {
        Object[] attributes = {
            "tableName", "orders",
            "expressions", "lower(note) -- folded",
            "predicate", "note IS NOT NULL -- most are null",
            "indexName", "x_idx"
        };
        online.run("createIndex", attributes);
        online.run("createIndex", attributes);

        assertThat(online.recorder.done).hasSize(1);
        assertThatThrownBy(() -> online.run(
                        "createIndex", "tableName", "orders", "columnNames", "note", "predicate", "true); SELECT (1"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("predicate must be one SQL expression");
    }

    @Test
    void anIndexOnAFunctionOfTheRowIsNotBuiltTwice() {
        database.execute("CREATE FUNCTION size(orders) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'");
        Object[] attributes = {"tableName", "orders", "expressions", "size(orders)", "indexName", "x_idx"};

        online.run("createIndex", attributes);
        online.run("createIndex", attributes);

        assertThat(online.recorder.done).hasSize(1);
    }

    @Test
    void theIndexOfADeferrableOrExclusionConstraintIsAnother() {
        database.execute(
                "ALTER TABLE orders ADD CONSTRAINT x_idx UNIQUE (id, total) DEFERRABLE INITIALLY DEFERRED",
                "ALTER TABLE orders ADD CONSTRAINT y_idx EXCLUDE USING btree (note WITH =)");

        assertRefused("tableName", "orders", "columnNames", "id, total", "isUnique", true, "indexName", "x_idx")
                .hasMessageContaining("DEFERRABLE");
        assertRefused("tableName", "orders", "columnNames", "note", "indexName", "y_idx")
                .hasMessageContaining("EXCLUDE");
    }

    @Test
    void checksAreComparedWithoutTheRightToMakeTemporaryTables() throws SQLException {
        database.execute(
                "ALTER TABLE orders ADD CONSTRAINT few CHECK (total > -5 AND note IN ('a', 'b') OR note = 'c')",
                "ALTER TABLE orders ADD CONSTRAINT own CHECK (total > -5) NO INHERIT");
        try (Connection connection = withoutTemporary()) {
            online.run(connection, check("few", "total > -5 AND (note IN ('a', 'b')) OR (note) = 'c' -- sane"));
            assertThat(online.recorder.done).isEmpty();

            assertThatThrownBy(() -> online.run(connection, check("few", "total > 100000")))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("a constraint few of public.orders exists and differs");
            assertThatThrownBy(() -> online.run(connection, check("own", "total > -5")))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("NO INHERIT");
        }
    }

    private AbstractThrowableAssert<?, ?> assertRefused(Object... attributes) {
        return assertThatThrownBy(() -> online.run("createIndex", attributes))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("exists and differs");
    }

    private static Operation check(String name, String condition) {
        return Online.operation("addCheck", "tableName", "orders", "condition", condition, "constraintName", name);
    }

    private Connection withoutTemporary() throws SQLException {
        String role = database.createRole("owner");
        database.execute(
                "ALTER TABLE orders OWNER TO " + role,
                "REVOKE TEMPORARY ON DATABASE " + database.name() + " FROM public, " + role);
        return database.connectAs(role);
    }
}
