package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.operation.CreateIndex;
import dev.expandcontract.operation.DropIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    void leavesOutCommentsBetweenWhatItReads() {
        assertThat(index("""
                CREATE INDEX CONCURRENTLY i ON t (
                  a, -- first
                  "B" -- second, with a comma
                ) INCLUDE (c /* stored */) WHERE a > 1 -- only /* these */ and no others"""))
                .hasToString(
                        "CreateIndex[tableName=t, columnNames=[a, \"B\"], expressions=null, indexName=i, isUnique=null, method=null,"
                                + " include=[c], predicate=a > 1, storage=null, tablespaceName=null, nullsNotDistinct=null]");
    }

    @Test
    void leavesTheNameOfANamelessIndexToPostgres() {
        Part part = read("CREATE INDEX CONCURRENTLY ON s.t (a, /* and */ lower(c)) WHERE a > 1");
        assertThat(part)
                .isInstanceOfSatisfying(
                        Part.ConcurrentIndex.class,
                        index -> assertThat(index.unnamed()).isEqualTo("(a, lower(c)) WHERE a > 1"));
    }

    @Test
    void readsADroppedIndex() {
        assertThat(read("DROP INDEX CONCURRENTLY i")).matches(part -> !((Part.ConcurrentIndex) part).isConditional());
        assertThat(read("DROP INDEX CONCURRENTLY IF EXISTS i"))
                .matches(part -> ((Part.ConcurrentIndex) part).isConditional());
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
        assertThat(read(sql)).isEqualTo(new Part.Alone(1, sql, true)).matches(Part::isConcurrent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX i ON t (a)",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
                "SELECT 'CALL online.x()'",
                "COMMENT ON COLUMN t.concurrently IS 'CREATE INDEX CONCURRENTLY'",
            })
    void leavesEverythingElseToFlyway(String sql) {
        assertThat(read(sql)).isEqualTo(new Part.Plain(1, sql, Reach.DATABASE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET search_path = x",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
                "RESET ROLE",
                "LOAD 'auto_explain'",
                "SELECT pg_catalog.set_config('search_path', '', false)",
                "select set_config('a.b', 'c', FALSE)",
            })
    void knowsWhatSetsTheSessionAndCanBeSaidAgain(String sql) {
        assertThat(read(sql)).isEqualTo(new Part.SessionSetting(1, sql));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SET LOCAL search_path = x | TRANSACTION",
                "SET CONSTRAINTS ALL DEFERRED | TRANSACTION",
                "SET TRANSACTION READ ONLY | TRANSACTION",
                "SELECT set_config('a.b', 'c', true) | TRANSACTION",
                "SELECT set_config('a.b', c, d) FROM e | SESSION",
                "CREATE TEMP TABLE t AS SELECT 1 | SESSION",
                "CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1 | SESSION",
                "CREATE TABLE pg_temp.t (a int) | SESSION",
                "SELECT 1 AS a INTO TEMP t | SESSION",
                "CREATE TEMP TABLE t (a int) ON COMMIT DROP | DATABASE",
                "CREATE TABLE temp (a int) | DATABASE",
                "PREPARE p AS SELECT 1 | SESSION",
                "LISTEN l | SESSION",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1 | SESSION",
                "SELECT pg_advisory_lock(1) | SESSION",
                "SELECT pg_advisory_xact_lock(1) | DATABASE",
                "CALL offline.create_index() | OWN_TRANSACTIONS",
                "DO $$ BEGIN UPDATE t SET a = 1; COMMIT; END $$ | OWN_TRANSACTIONS",
                "DO $$ BEGIN UPDATE t SET a = 1; END $$ | DATABASE",
            })
    void knowsHowFarAStatementReaches(String sql, Reach reach) {
        assertThat(read(sql)).isEqualTo(new Part.Plain(1, sql, reach));
    }

    @ParameterizedTest
    @CsvSource({
        "BEGIN, true",
        "begin work, true",
        "START TRANSACTION, true",
        "COMMIT, false",
        "COMMIT TRANSACTION, false",
        "END /* of it */, false"
    })
    void knowsWhereATransactionBeginsAndEnds(String sql, boolean isBegin) {
        assertThat(read(sql)).isEqualTo(new Part.TransactionBoundary(1, isBegin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT PREPARED 'x'",
                "COMMIT AND CHAIN",
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "START TRANSACTION READ ONLY",
                "PREPARE TRANSACTION 'x'",
                "ROLLBACK",
                "ROLLBACK PREPARED 'x'",
                "SAVEPOINT s",
                "COPY t (a) FROM STDIN",
            })
    void doesNotThrowAwayWhatItCannotRun(String sql) {
        assertThat(read(sql)).isInstanceOf(Part.Unsupported.class);
    }
}
