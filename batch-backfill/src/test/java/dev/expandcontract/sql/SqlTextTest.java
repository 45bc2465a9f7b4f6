package dev.expandcontract.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlTextTest {
    @Test
    void findsTheStatementsAroundCommentsAndQuotes() {
        assertThat(SqlText.statements("""
                        -- a; b
                        SELECT 'x;y', $tag$ ; $tag$, "a;b", E'\\';' /* ; */ ;
                        SELECT 2
                        """)).containsExactly("SELECT '', '', \"a;b\", ''", "SELECT 2");
        assertThat(SqlText.statements("SELECT /* /* ; */ ; */ 1; SELECT -- ;\r 2; SELECT ü$$; SELECT $ü$;$ü$"))
                .containsExactly("SELECT 1", "SELECT 2", "SELECT ü$$", "SELECT ''");
        assertThat(SqlText.statements("  -- nothing\n ;; ")).isEmpty();
    }

    @Test
    void splitsListsAtTheirOwnCommasOnly() {
        assertThat(SqlText.splitAtCommas("lower(a, b), \"x,y\" DESC, 'p,q', (1,2)[3,4]"))
                .containsExactly("lower(a, b)", "\"x,y\" DESC", "'p,q'", "(1,2)[3,4]");
        assertThat(SqlText.splitAtCommas("a")).containsExactly("a");
    }

    @Test
    void readsLiteralsOfAnyLength() {
        String text = "it''s \\\\ \n".repeat(20_000);
        assertThat(SqlText.statements("INSERT INTO t VALUES (E'" + text + "'); SELECT '" + text + "'"))
                .hasSize(2);
    }
}
