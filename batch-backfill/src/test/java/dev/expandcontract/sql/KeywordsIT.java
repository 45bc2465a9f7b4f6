package dev.expandcontract.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class KeywordsIT {
    @Test
    void everyKeyWordThatPostgresqlQuotesIsQuoted(TestDatabase database) {
        List<String> unquoted =
                database.rows("SELECT word FROM pg_get_keywords() WHERE quote_ident(word) <> word").stream()
                        .map(row -> String.valueOf(row.get(0)))
                        .filter(word -> new Identifier(word).sql().equals(word))
                        .toList();

        assertThat(unquoted).isEmpty();
    }
}
