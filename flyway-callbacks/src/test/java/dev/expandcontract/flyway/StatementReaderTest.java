package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.operation.CreateIndex;
import dev.expandcontract.operation.DropIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementReaderTest {
    private static Part read(String sql) {
        return StatementReader.read("V1__x.sql", new ScriptStatement(sql, 1, true));
    }

    private static CreateIndex index(String sql) {
        assertThat(read(sql)).isInstanceOf(Part.ConcurrentIndex.class);
        return (CreateIndex) ((Part.ConcurrentIndex) read(sql)).operation();
    }

    @Test
    void readsAllThatAConcurrentIndexCanHave() {
        CreateIndex index = index("""
                -- why
                CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I" ON ONLY s.t USING gin (a gin_trgm_ops, (b || ','))
                INCLUDE (c, "D") NULLS NOT DISTINCT WITH (fillfactor = 70, fastupdate=off) TABLESPACE ts WHERE a > 1 AND b < 2""");
        assertThat(index)
                .hasToString(
                        "CreateIndex[tableName=s.t, columnNames=null, expressions=[a gin_trgm_ops, (b || ',')], indexName=\"I\","
                                + " isUnique=true, method=gin, include=[c, \"D\"], predicate=a > 1 AND b < 2,"
                                + " storage=[fillfactor=70, fastupdate=off], tablespaceName=ts, nullsNotDistinct=true]");
    }

    @Test
    void namesANamelessIndexAsPostgresDoes() {
        assertThat(index("CREATE INDEX CONCURRENTLY ON s.t (a, \"B\" DESC, lower(c), (d + 1))")
                        .indexName())
                .hasToString("\"t_a_B_lower_expr_idx\"");
        assertThat(index("CREATE INDEX CONCURRENTLY ON t (a, b)").columnNames()).hasSize(2);
    }

    @Test
    void readsADroppedIndex() {
        assertThat(((Part.ConcurrentIndex) read("DROP INDEX CONCURRENTLY IF EXISTS s.\"I\"")).operation())
                .isInstanceOfSatisfying(
                        DropIndex.class,
                        drop -> assertThat(drop.indexName().sql()).isEqualTo("s.\"I\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX CONCURRENTLY i ON t (a) WITH (fastupdate)",
                "CREATE INDEX CONCURRENTLY i ON t (a) SOMETHING NEW",
                "DROP INDEX CONCURRENTLY a, b",
                "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
                "ALTER TABLE p DETACH PARTITION c CONCURRENTLY",
            })
    void leavesOtherConcurrentStatementsToPostgres(String sql) {
        assertThat(read(sql)).isEqualTo(new Part.Alone(1, sql, true)).matches(Part::isOurs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX i ON t (a)",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
                "SELECT 'CALL online.x()'",
                "CALL offline.create_index()",
                "SET LOCAL search_path = x",
                "COMMENT ON COLUMN t.concurrently IS 'CREATE INDEX CONCURRENTLY'",
            })
    void leavesEverythingElseToFlyway(String sql) {
        assertThat(read(sql)).isEqualTo(new Part.Plain(1, sql));
    }

    @Test
    void knowsWhatChangesTheSessionAndWhatEndsATransaction() {
        assertThat(read("SET search_path = x")).isInstanceOf(Part.SessionSetting.class);
        assertThat(read("RESET ROLE")).isInstanceOf(Part.SessionSetting.class);
        assertThat(read("BEGIN")).isInstanceOf(Part.TransactionBoundary.class);
        assertThat(read("COMMIT")).isInstanceOf(Part.TransactionBoundary.class);
        assertThat(read("ROLLBACK")).isInstanceOf(Part.Unsupported.class);
        assertThat(read("COPY t (a) FROM STDIN")).isInstanceOf(Part.Unsupported.class);
    }
}
