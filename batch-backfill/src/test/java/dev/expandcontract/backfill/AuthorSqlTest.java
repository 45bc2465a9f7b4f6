package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorSqlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "n = 1",
                "a = (b + (c))",
                "a = 'it''s ; ('",
                "a = E'\\'(;'",
                "a = \"odd ;( name\"",
                "a = $$ ; ( $$",
                "a = $x$ $$ ; ( $x$",
                "a = 1 -- ; (",
                "a = 1 /* ; ( /* nested ) ; */ ; */",
                "a$b = $c$d$c$",
                "a$$b$ = 1",
                "Ä$$ = 1",
                "a = 1 -- ; ( \r + 1",
                "a = $1$ + 1",
                "a = E'x' -- more\n  '\\'(;'",
            })
    void acceptsWhatStaysInItsPlace(String sql) {
        assertThat(sql(sql).mistake()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a = 1; DROP TABLE t       | a semicolon is not allowed (at character 6)
                    a = 1) OR (true           | a bracket is closed that was not opened (at character 6)
                    a = (1                    | a bracket is not closed
                    a = 'abc                  | a quote or comment is not closed
                    a = "abc                  | a quote or comment is not closed
                    a = $x$abc$y$             | a quote or comment is not closed
                    a = 1 /* /* */            | a quote or comment is not closed
                    a = E'\\'                 | a quote or comment is not closed
                    """)
    void refusesWhatWouldBreakOut(String sql, String mistake) {
        assertThat(sql(sql).mistake()).isEqualTo(mistake);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 1 -- \r) OR (true",
                "a$$b$ = 1) OR (true -- $b$",
                "a = E'x'\n'\\'') OR (true --'",
                "a = 'x'\n'\\') OR (true --'",
            })
    void endsCommentsNamesAndStringsWherePostgresqlDoes(String sql) {
        assertThat(sql(sql).mistake()).startsWith("a bracket is closed that was not opened");
    }

    @Test
    void doublesQuestionMarksThatAreOperatorsOnly() {
        assertThat(sql("d ? 'a?' AND \"q?\" /* ? */ AND d ?| $$?$$ -- ?").forPreparedStatement())
                .isEqualTo("d ?? 'a?' AND \"q?\" /* ? */ AND d ??| $$?$$ -- ?");
    }

    private static AuthorSql sql(String text) {
        return new AuthorSql(new SqlExpression(text));
    }
}
