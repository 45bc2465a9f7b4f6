package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckIT extends BackfillFixture {
    CheckIT(TestDatabase database) {
        super(database);
    }

    @Test
    void findsNothingWrongWithAGoodJob() throws SQLException {
        assertThat(check(addOne().withCondition(new SqlExpression("n IS NULL"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"999ms, 1s, false", "1s, 1s, true", "100ms, 50ms, true"})
    void warnsOfALockTimeoutThatMakesTheApplicationTheVictimOfADeadlock(
            String lockTimeout, String deadlockTimeout, boolean warns) throws SQLException {
        fill(1);
        BackfillJob job = addOne().withOptions(OptionsText.parse("lockTimeout=" + lockTimeout, batchesOf(10)));

        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET deadlock_timeout = '" + deadlockTimeout + "'");
            engine.run(connection, job);
        }

        assertThat(recorder.warnings)
                .hasSize(warns ? 1 : 0)
                .allSatisfy(warning -> assertThat(warning)
                        .startsWith("lockTimeout (%s) is not below deadlock_timeout (%s) of the server: "
                                .formatted(lockTimeout, deadlockTimeout)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n = nn + 1            | set: column "nn" does not exist … , at character 5 of: n = nn + 1
            m = 1                 | set: column "m" of relation "items" does not exist, at character 1 of: m = 1
            n = 'é' +             | set: syntax error at or near "WHERE": n = 'é' +
            n == 1                | set: syntax error at or near "==", at character 3 of: n == 1
            n = length('é') + foo(1) | set: function foo(integer) does not exist … , at character 19 of: n = length('é') + foo(1)
            n = 1 WHERE n = 0     | set: syntax error at or near "WHERE": n = 1 WHERE n = 0
            n = 1;                | set: a semicolon is not allowed (at character 6): n = 1;
            n = date '2020-01-01' | set: column "n" is of type integer but expression is of type date … , at character 10 of: n = date '2020-01-01'
            """)
    void tellsWhatPostgresqlSaysOfTheSetAndWhere(String set, String problem) throws SQLException {
        assertProblem(check(job(ITEMS, set)), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            m IS NULL             | condition: column "m" does not exist, at character 1 of: m IS NULL
            n                     | condition: argument of WHERE must be type boolean, not type integer, at character 1 of: n
            n = 0) OR (true       | condition: a bracket is closed that was not opened (at character 6): n = 0) OR (true
            count(*) > 1          | condition: aggregate functions are not allowed in WHERE, at character 1 of: count(*) > 1
            """)
    void tellsWhatPostgresqlSaysOfTheConditionAndWhere(String condition, String problem) throws SQLException {
        assertProblem(check(addOne().withCondition(new SqlExpression(condition))), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n = o.n               | shop.other o  | o.id = items.id   | from: relation "shop.other" does not exist, at character 1 of: shop.other o
            n = o.m               | shop.others o | o.id = items.id   | set: column o.m does not exist … , at character 5 of: n = o.m
            n = o.n               | shop.others o | o.key = items.id  | condition: column o.key does not exist, at character 1 of: o.key = items.id
            n = n                 | shop.others o | o.id = items.id   | set: column reference "n" is ambiguous, at character 5 of: n = n
            n = o.n               | shop.others o, | o.id = items.id  | from: syntax error at end of input: shop.others o,
            n = o.n               | shop.others o; | o.id = items.id  | from: a semicolon is not allowed (at character 14): shop.others o;
            n = o.n               | shop.items o JOIN shop.others p ON p.id = o.key | true | from: column o.key does not exist, at character 43 of: shop.items o JOIN shop.others p ON p.id = o.key
            """)
    void tellsWhatPostgresqlSaysOfAnUpdateFromOtherTables(String set, String from, String condition, String problem)
            throws SQLException {
        database.execute("CREATE TABLE shop.others (id bigint, n int)");
        var update =
                new BackfillWork.Update(new SqlExpression(set), new SqlExpression(from), new SqlExpression(condition));

        assertProblem(check(BackfillJob.of("job", ITEMS, update)), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            m IS NULL             | condition: column "m" does not exist, at character 1 of: m IS NULL
            id > 'a'              | condition: invalid input syntax for type bigint: "a", at character 6 of: id > 'a'
            id > 1;               | condition: a semicolon is not allowed (at character 7): id > 1;
            """)
    void tellsWhatPostgresqlSaysOfADeletion(String condition, String problem) throws SQLException {
        var delete = new BackfillWork.Delete(new SqlExpression(condition));

        assertProblem(check(BackfillJob.of("job", ITEMS, delete)), problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            shop.copies | id, n  | id, m  | n = 0   | values: column "m" does not exist, at character 5 of: id, m
            shop.copies | id, m  | id, n  | n = 0   | columns: column "m" of relation "copies" does not exist, at character 5 of: id, m
            shop.copies | id, n  | id, n  | m = 0   | condition: column "m" does not exist, at character 1 of: m = 0
            shop.copies | id, n  | id     | n = 0   | columns: INSERT has more target columns than expressions, at character 5 of: id, n
            shop.copies | id     | id, n  | n = 0   | columns: INSERT has more expressions than target columns: id
            shop.copies | id     | 'a'::text | n = 0 | columns: column "id" is of type bigint but expression is of type text … : id
            shop.nowhere | id    | id     | n = 0   | columns: relation "shop.nowhere" does not exist: id
            """)
    void tellsWhatPostgresqlSaysOfACopy(String target, String columns, String values, String condition, String problem)
            throws SQLException {
        database.execute("CREATE TABLE shop.copies (id bigint, n int)");
        var copy = new BackfillWork.Copy(
                QualifiedName.parse(target),
                new SqlExpression(columns),
                new SqlExpression(values),
                new SqlExpression(condition),
                false);

        assertProblem(check(BackfillJob.of("job", ITEMS, copy)), problem);
    }

    @Test
    void findsAllThatIsWrongWithEachKindOfWork() throws SQLException {
        database.execute("CREATE TABLE shop.copies (id bigint, n int)");
        SqlExpression nonsense = new SqlExpression("m = 1;");
        SqlExpression good = new SqlExpression("id");

        assertThat(check(BackfillJob.of("job", ITEMS, new BackfillWork.Update(nonsense, nonsense, nonsense))))
                .extracting(problem -> problem.replaceAll(":.*", ""))
                .containsExactly("set", "from", "condition");
        assertThat(check(BackfillJob.of(
                        "job",
                        ITEMS,
                        new BackfillWork.Copy(QualifiedName.parse("shop.copies"), good, nonsense, nonsense, false))))
                .extracting(problem -> problem.replaceAll(":.*", ""))
                .containsExactly("values", "condition");
        assertThat(check(BackfillJob.of(
                        "job",
                        ITEMS,
                        new BackfillWork.Copy(
                                QualifiedName.parse("shop.copies"),
                                good,
                                new SqlExpression("m"),
                                new SqlExpression("k = 1"),
                                false))))
                .extracting(problem -> problem.replaceAll(":.*", ""))
                .containsExactly("values", "condition");
    }

    /** As a part of a partitioned table has another name, only the table's bare name means each part. */
    @Test
    void findsWhereTheTableIsNotCalledByItsBareName() throws SQLException {
        assertProblem(
                check(job(ITEMS, "n = shop.items.n + 1")),
                "set: invalid reference to FROM-clause entry for table \"items\" … , at character 5 of: n = shop.items.n + 1");
        assertProblem(
                check(addOne().withCondition(new SqlExpression("shop.items.n = 0"))),
                "condition: invalid reference to FROM-clause entry for table \"items\" … , at character 1 of: shop.items.n = 0");
        assertProblem(
                check(BackfillJob.of("job", ITEMS, new BackfillWork.Delete(new SqlExpression("shop.items.n = 0")))),
                "condition: invalid reference to FROM-clause entry for table \"items\" … , at character 1 of: shop.items.n = 0");
    }

    @Test
    void isNotFooledByACommentThatACarriageReturnEnds() throws SQLException {
        assertThat(check(addOne().withCondition(new SqlExpression("true -- \r) OR (n >= 0"))))
                .singleElement()
                .asString()
                .contains("a bracket is closed that was not opened");
    }

    @Test
    void findsEverythingAtOnce() throws SQLException {
        database.execute("ALTER TABLE shop.items DROP CONSTRAINT items_pkey");
        var homeless = new BackfillEngine(new Identifier("nowhere"), recorder);

        try (var connection = database.connect()) {
            BackfillJob bad = job(ITEMS, "m = 1").withCondition(new SqlExpression("x = 1"));
            assertThat(homeless.check(connection, bad.withOptions(alongAKey())))
                    .extracting(Problem::message)
                    .satisfiesExactly(
                            set -> assertThat(set).startsWith("set: column \"m\""),
                            condition -> assertThat(condition).startsWith("condition: column \"x\""),
                            key -> assertThat(key).startsWith("table shop.items has no key"),
                            state -> assertThat(state)
                                    .isEqualTo(
                                            "schema nowhere, which is to hold the progress of backfills, does not exist"));
        }
    }

    @Test
    void namesATableThatIsNotThereOrNoTable() throws SQLException {
        database.execute("CREATE VIEW shop.v AS SELECT * FROM shop.items");

        assertThat(check(job(QualifiedName.of("shop", "Items"), "n = 1")))
                .containsExactly("table shop.\"Items\" does not exist");
        assertThat(check(job(QualifiedName.of("shop", "v"), "n = 1"))).containsExactly("shop.v is a view, not a table");
    }

    @Test
    void leavesATransactionOfTheCallerAsItWas() throws SQLException {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("SET LOCAL lock_timeout = '7s'; INSERT INTO shop.items VALUES (1, 0)");

            assertThat(engine.check(connection, job(ITEMS, "m = 1"))).hasSize(1);

            try (var row = connection.createStatement().executeQuery("SHOW lock_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("7s");
            }
            connection.commit();
        }
        assertThat(count("shop.items")).isEqualTo(1);
    }

    @Test
    void leavesATransactionThatTheDriverDoesNotKnowOfAsItWas() throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("BEGIN; SET LOCAL lock_timeout = '7s'; INSERT INTO shop.items VALUES (1, 0)");

            assertThat(engine.check(connection, job(ITEMS, "m = 1"))).hasSize(1);

            try (var row = statement.executeQuery("SHOW lock_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("7s");
            }
            statement.execute("COMMIT");
        }
        assertThat(count("shop.items")).isEqualTo(1);
    }

    @Test
    void writesNothingEvenThroughAFunctionThatLies() throws SQLException {
        database.execute("CREATE TABLE shop.log (t text)", """
                CREATE FUNCTION shop.lie() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'""", """
                CREATE OR REPLACE FUNCTION shop.lie() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                  INSERT INTO shop.log VALUES ('seen'); RETURN 1;
                END $$""");

        assertThat(check(job(ITEMS, "n = shop.lie()")))
                .singleElement()
                .asString()
                .contains("not allowed");
        assertThat(count("shop.log")).isZero();
    }

    @Test
    void isWhatARunBeginsWith() {
        fill(10);

        assertThatThrownBy(() -> run(job(ITEMS, "n = nn")))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("at character 5 of: n = nn")
                .hasMessageContaining("(nothing was changed)");
    }

    @Test
    void namesTheRightsThatARoleLacks() throws SQLException {
        String role = database.createRole("app");
        database.execute("GRANT USAGE ON SCHEMA shop TO " + role, "GRANT SELECT ON shop.items TO " + role);

        try (Connection connection = database.connectAs(role)) {
            assertThat(engine.check(connection, addOne()))
                    .extracting(Problem::message)
                    .containsExactly(
                            "set: permission denied for table items: n = n + 1",
                            "role %s may not create %s, which holds the progress of backfills: GRANT USAGE, CREATE ON SCHEMA \"Host's own\" TO %s"
                                    .formatted(role, STATE, role));
            assertThatThrownBy(() -> engine.run(connection, addOne())).isInstanceOf(InvalidOperation.class);
        }
    }

    @Test
    void namesATableThatItMayNotRead() throws SQLException {
        String role = database.createRole("app");
        database.execute(
                "GRANT USAGE, CREATE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT UPDATE ON shop.items TO " + role);

        try (Connection connection = database.connectAs(role)) {
            assertThat(engine.check(connection, job(ITEMS, "n = 1")))
                    .extracting(Problem::message)
                    .containsExactly("table shop.items can't be read: permission denied for table items");
        }
    }

    @Test
    void needsNeitherOwnershipNorSuperuser() throws SQLException {
        String role = database.createRole("app");
        fill(50);
        run(BackfillJob.of("other", ITEMS, new SqlExpression("n = 0")));
        database.execute(
                "GRANT USAGE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT SELECT, UPDATE (n) ON shop.items TO " + role);

        try (Connection connection = database.connectAs(role)) {
            assertThat(engine.check(connection, addOne()))
                    .extracting(Problem::message)
                    .containsExactly("role %s may not use %s: GRANT SELECT, INSERT, UPDATE, DELETE ON %s, %s TO %s"
                            .formatted(role, STATE, STATE, RANGES, role));
            for (String right : rightsOnStateTables()) {
                assertThat(engine.check(connection, addOne()))
                        .as("before " + right)
                        .hasSize(1);
                database.execute("GRANT " + right + " TO " + role);
            }
            engine.run(connection, addOne());
        }
        assertEachRowChangedOnce(50);
    }

    @Test
    void isNotFooledByRowsThatAPolicyHides() throws SQLException {
        String role = database.createRole("app");
        fill(50);
        database.execute(
                "GRANT USAGE, CREATE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT SELECT, UPDATE ON shop.items TO " + role,
                "ALTER TABLE shop.items ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY half ON shop.items USING (id % 2 = 0)");

        try (Connection connection = database.connectAs(role)) {
            assertThatThrownBy(() -> engine.run(connection, addOne()))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("row-level security");
        }
    }

    private static List<String> rightsOnStateTables() {
        return List.of(
                "SELECT, INSERT, UPDATE ON TABLE " + RANGES,
                "DELETE ON TABLE " + RANGES,
                "SELECT, INSERT, UPDATE ON TABLE " + STATE,
                "DELETE ON TABLE " + STATE);
    }

    private static BackfillOptions alongAKey() {
        return BackfillOptions.defaults().with(o -> o.axis(AxisKind.KEY));
    }

    /** Where … stands for a hint, which the server's version decides. */
    private static void assertProblem(List<String> found, String problem) {
        assertThat(found)
                .singleElement()
                .asString()
                .matches(Pattern.quote(problem).replace(" … ", "\\E.*\\Q"));
    }

    private List<String> check(BackfillJob job) throws SQLException {
        try (var connection = database.connect()) {
            return engine.check(connection, job).stream().map(Problem::message).toList();
        }
    }
}
