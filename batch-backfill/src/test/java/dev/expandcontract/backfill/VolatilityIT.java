package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolatilityIT extends BackfillFixture {
    VolatilityIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void addFunctions() {
        database.execute(
                "ALTER TABLE shop.items ADD t text, ADD at timestamptz, ADD uid uuid, ADD random int",
                "CREATE SEQUENCE shop.numbers",
                "CREATE FUNCTION shop.dice() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 4'",
                "CREATE FUNCTION shop.\"Dice\"() RETURNS int LANGUAGE sql AS 'SELECT 4'",
                "CREATE FUNCTION shop.twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1'",
                "CREATE FUNCTION shop.mixed(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
                "CREATE FUNCTION shop.mixed(text) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1'",
                "CREATE FUNCTION shop.closing_time() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'",
                "CREATE FUNCTION shop.lower(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n = random() * 10                                   | random()
            n = RANDOM ( ) * 10                                 | RANDOM()
            n = pg_catalog . random /* here */ () * 10          | pg_catalog.random()
            n = "random"() * 10                                 | "random"()
            n = nextval('shop.numbers')                         | nextval()
            at = clock_timestamp()                              | clock_timestamp()
            uid = gen_random_uuid()                             | gen_random_uuid()
            n = shop.dice() + random()                          | shop.dice(), random()
            n = shop."Dice"()                                   | shop."Dice"()
            n = shop.mixed(1)                                   | shop.mixed()
            n = (SELECT count(*) FROM generate_series(1, 3) WHERE random() < 0.5) | random()
            """)
    void isWarnedOfInASet(String set, String calls) throws SQLException {
        assertThat(warnings(set))
                .singleElement()
                .asString()
                .startsWith("set: calls " + calls + ", VOLATILE for PostgreSQL");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            at = now()                                  | now()
            at = transaction_timestamp()                | transaction_timestamp()
            at = CURRENT_TIMESTAMP(0)                   | CURRENT_TIMESTAMP
            at = current_date + 1                       | current_date
            at = shop.closing_time()                    | shop.closing_time()
            """)
    void isToldOfATimeThatEachBatchHasOfItsOwn(String set, String calls) throws SQLException {
        assertThat(warnings(set)).singleElement().asString().startsWith("set: calls " + calls + ", the time at which");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n = shop.twice(n)
            n = random + 1
            n = items.random
            random = 1
            t = 'random()'
            t = $$now()$$
            n = 1 /* random() */
            n = 1 -- nextval('x')
            t = lower(t)
            n = (1)
            n = CASE WHEN id IN (1, 2) AND (id > 1) THEN 1 END
            t = to_char(at, 'YYYY') || concat(n, id)
            at = '2024-05-06'::timestamp(3) + interval '1 day'
            """)
    void isNotSeenWhereThereIsNone(String set) throws SQLException {
        assertThat(warnings(set)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n   | random() * 10                | n = DEFAULT               | random()
            n   | nextval('shop.numbers')      | t = 'x', "n" = default    | nextval()
            uid | gen_random_uuid()            | (n, uid) = (1, DEFAULT)   | gen_random_uuid()
            at  | clock_timestamp()            | at = /* so */ DEFAULT     | clock_timestamp()
            n   | shop."Dice"() + shop.dice()  | n = DEFAULT               | shop."Dice"(), shop.dice()
            """)
    void isSeenInTheDefaultThatASetNames(String column, String value, String set, String calls) throws SQLException {
        database.execute("ALTER TABLE shop.items ALTER " + column + " SET DEFAULT " + value);

        assertThat(warnings(set))
                .singleElement()
                .asString()
                .startsWith("set: the DEFAULT of " + column + " calls " + calls + ", VOLATILE for PostgreSQL");
    }

    @Test
    void ofADefaultIsItsTimeToo() throws SQLException {
        database.execute("ALTER TABLE shop.items ALTER at SET DEFAULT now()");

        assertThat(warnings("at = DEFAULT"))
                .singleElement()
                .asString()
                .startsWith("set: the DEFAULT of at calls now(), the time at which");
    }

    @Test
    void ofADefaultThatIsAnIdentityIsItsSequence() throws SQLException {
        database.execute("ALTER TABLE shop.items ADD number int GENERATED BY DEFAULT AS IDENTITY");

        assertThat(warnings("number = DEFAULT"))
                .singleElement()
                .asString()
                .startsWith("set: the DEFAULT of number calls nextval(), VOLATILE for PostgreSQL");
    }

    @Test
    void isNotSeenInADefaultThatIsNotNamed() throws SQLException {
        database.execute(
                "ALTER TABLE shop.items ALTER n SET DEFAULT random(), ALTER t SET DEFAULT 'now()'",
                "ALTER TABLE shop.items ADD doubled int GENERATED ALWAYS AS (id * 2) STORED");

        assertThat(warnings("n = 1, t = DEFAULT, at = DEFAULT")).isEmpty();
        assertThat(warnings("t = 'DEFAULT' -- DEFAULT")).isEmpty();
    }

    @Test
    void ofADefaultMayBeThatOfADomain() throws SQLException {
        database.execute(
                "CREATE DOMAIN shop.code AS int DEFAULT shop.dice()",
                "ALTER TABLE shop.items ADD own shop.code, ADD other shop.code DEFAULT 1");

        assertThat(warnings("own = DEFAULT, other = DEFAULT, t = DEFAULT"))
                .singleElement()
                .asString()
                .startsWith("set: the DEFAULT of own calls shop.dice(), VOLATILE for PostgreSQL");
    }

    @Test
    void ofAFunctionIsThatOfTheSearchPath() throws SQLException {
        database.execute("ALTER ROLE CURRENT_USER SET search_path = shop, public");
        try {
            assertThat(warnings("n = lower(n)"))
                    .singleElement()
                    .asString()
                    .startsWith("set: calls lower(), VOLATILE for PostgreSQL");
        } finally {
            database.execute("ALTER ROLE CURRENT_USER RESET search_path");
        }
    }

    @Test
    void isSeenInConditionsAndCopiedValuesToo() throws SQLException {
        var copy = new BackfillWork.Copy(
                ITEMS, new SqlExpression("id, at"), new SqlExpression("id + random(), now()"), null, false);
        assertThat(warnings(copy))
                .satisfiesExactly(
                        it -> assertThat(it).startsWith("values: calls random(), VOLATILE"),
                        it -> assertThat(it).startsWith("values: calls now(), the time"));
        var from = new SqlExpression("(SELECT random() AS r) dice");
        assertThat(warnings(new BackfillWork.Update(new SqlExpression("n = r"), from, null)))
                .singleElement()
                .asString()
                .startsWith("from: calls random(), VOLATILE");
        assertThat(warnings(new BackfillWork.Delete(new SqlExpression("random() < 0.1"))))
                .singleElement()
                .asString()
                .startsWith("condition: calls random(), VOLATILE");
        assertThat(warnings(new BackfillWork.Delete(new SqlExpression("at < now() - interval '1 year'"))))
                .as("the time may well pass meanwhile")
                .isEmpty();
    }

    @Test
    void isToldWhenARunBeginsAndDoesNotHinderIt() {
        fill(20);

        run(job(ITEMS, "uid = gen_random_uuid(), n = n + 1"));
        assertEachRowChangedOnce(20);
        assertThat(database.<Long>value("SELECT count(DISTINCT uid) FROM shop.items"))
                .isEqualTo(20);
        assertThat(recorder.warnings).singleElement().asString().contains("gen_random_uuid()");
    }

    private List<String> warnings(String set) throws SQLException {
        return warnings(new BackfillWork.Update(new SqlExpression(set), null, null));
    }

    private List<String> warnings(BackfillWork work) throws SQLException {
        try (var connection = database.connect()) {
            JobCheck.Findings findings =
                    JobCheck.look(connection, BackfillJob.of("job", ITEMS, work), new StateTable(STATE_SCHEMA));
            assertThat(findings.problems()).isEmpty();
            return findings.warnings();
        }
    }
}
