package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatableIT extends BackfillFixture {
    RepeatableIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void addColumns() {
        database.execute("ALTER TABLE shop.items ADD a int, ADD b int, ADD g int GENERATED ALWAYS AS (n * 2) STORED,"
                + " ADD t text, ADD l int[]");
    }

    /** In doubt it is not: of several columns at once, and of generated ones, nobody looks closer. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            n = 1                                                       | true
            a = b                                                       | true
            n = a + b                                                   | true
            a = n, b = a                                                | false
            a = b, b = n                                                | false
            n = CASE WHEN id % 2 = 0 THEN 1 ELSE a END                  | true
            n = (SELECT min(i.id) FROM shop.others i WHERE i.id = items.id) | true
            (a, b) = ROW(1, 2)                                          | true
            t = 'n, items'                                              | true
            a = n /* items */                                           | true
            n = n + 1                                                   | false
            n = items.n + 1                                             | false
            n = "n" + 1                                                 | false
            n = N + 1                                                   | false
            n = coalesce(n, 1)                                          | false
            a = g                                                       | false
            n = g                                                       | false
            l[1] = 5                                                    | true
            l[2] = l[1]                                                 | false
            t = to_jsonb(items)                                         | false
            t = to_jsonb("items")                                       | false
            t = to_jsonb(ITEMS)                                         | false
            t = (items.*)::text                                         | false
            t = row_to_json(items)::text                                | false
            n = (SELECT max(i.n) + 1 FROM shop.items i)                 | false
            n = xmin::text::int                                         | false
            n = random() * 10                                           | false
            t = CURRENT_DATE                                            | false
            t = 'random()'                                              | true
            t = lower(a::text)                                          | true
            """)
    void isKnownOfAnUpdate(String set, boolean repeatable) throws SQLException {
        database.execute("CREATE TABLE shop.others (id int)");

        assertThat(isRepeatable(new BackfillWork.Update(new SqlExpression(set), null, null)))
                .isEqualTo(repeatable);
    }

    @Test
    void isKnownOfAnUpdateFromAnotherTable() throws SQLException {
        database.execute("CREATE TABLE shop.others (id int, n int)");

        assertThat(isRepeatable(update("n = o.n", "shop.others o"))).isTrue();
        assertThat(isRepeatable(update("n = o.n + items.n", "shop.others o"))).isFalse();
    }

    @Test
    void isADeletionButNoCopy() throws SQLException {
        var copy = new BackfillWork.Copy(ITEMS, new SqlExpression("id"), new SqlExpression("id"), null, false);

        assertThat(isRepeatable(new BackfillWork.Delete(new SqlExpression("n = 1"))))
                .isTrue();
        assertThat(isRepeatable(copy)).isFalse();
    }

    @Test
    void isKnownOfATableWhoseNameMustBeQuoted() throws SQLException {
        database.execute("CREATE TABLE shop.\"My items\" (id int PRIMARY KEY, n int, t text)");
        QualifiedName table = QualifiedName.of("shop", "My items");

        assertThat(isRepeatable(BackfillJob.of("job", table, new SqlExpression("t = n"))))
                .isTrue();
        assertThat(isRepeatable(BackfillJob.of("job", table, new SqlExpression("t = \"My items\"::text"))))
                .isFalse();
    }

    private static BackfillWork update(String set, String from) {
        return new BackfillWork.Update(new SqlExpression(set), new SqlExpression(from), null);
    }

    private boolean isRepeatable(BackfillWork work) throws SQLException {
        return isRepeatable(BackfillJob.of("job", ITEMS, work));
    }

    private boolean isRepeatable(BackfillJob job) throws SQLException {
        try (var connection = database.connect()) {
            JobCheck.Findings findings = JobCheck.look(connection, job, new StateTable(new Identifier("Host's own")));
            assertThat(findings.problems()).isEmpty();
            return findings.isRepeatable();
        }
    }
}
