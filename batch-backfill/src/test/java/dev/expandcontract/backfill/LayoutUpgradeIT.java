package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The state table in its first layout, with a job that stopped after 40 of 100 rows, and one that had ended. */
class LayoutUpgradeIT extends BackfillFixture {
    private static final BackfillJob HALF_WAY = addOne().withOrigin("flyway:V1");

    LayoutUpgradeIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void stopHalfWayInTheFirstLayout() throws IOException {
        fill(100);
        database.execute("UPDATE shop.items SET n = 1 WHERE id <= 40", firstLayout());
        enter("job", "stopped", "{40}");
        enter("ended", "finished", "{100}");
    }

    private static String firstLayout() throws IOException {
        try (InputStream ddl = LayoutUpgradeIT.class.getResourceAsStream("state-layout-1.sql")) {
            return new String(Objects.requireNonNull(ddl).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** As the first release would have done it, the fingerprint too. */
    private void enter(String name, String state, String frontier) {
        database.execute("""
                INSERT INTO %s (name, state, table_name, table_oid, set_clause, assigned_columns, origin, fingerprint, axis,
                  key_columns, key_types, frontier, upper_bound, rows_changed, rows_passed, rows_estimated, batches,
                  batch_size, finished_at, error)
                SELECT '%s', '%s', 'shop.items', 'shop.items'::regclass, 'n = n + 1', '{2}', 'flyway:V1',
                  '5d0eb80898765b0c777b1bcd96c1bde19d9ccd994ec77888fef23a24ca66426d', 'key', '{id}', '{bigint}', f, '{100}',
                  f[1]::bigint, f[1]::bigint, 100, f[1]::bigint / 10, 10, CASE f[1] WHEN '100' THEN now() END,
                  CASE f[1] WHEN '40' THEN 'no space left on device' END
                FROM CAST('%s' AS text[]) f""".formatted(STATE, name, state, frontier));
    }

    @Test
    void happensInPlaceWithTheNextRunWhichGoesOnExactlyOnce() throws SQLException {
        BackfillResult result = run(HALF_WAY);

        assertEachRowChangedOnce(100);
        assertThat(result.rowsNow()).isEqualTo(60);
        assertThat(result.rows()).isEqualTo(100);
        assertThat(result.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(status().batches()).isEqualTo(10);
        assertThat(recorder.starts.get(0).rowsPassed()).isEqualTo(40);
    }

    @Test
    void endsWithTheSameColumnsAsANewTableHas() {
        run(HALF_WAY);
        List<?> upgraded = columns();
        database.execute("DROP TABLE " + RANGES + ", " + STATE);

        run(HALF_WAY);

        assertThat(upgraded).isEqualTo(columns());
    }

    private List<?> columns() {
        return database.rows("""
                SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,
                  pg_get_expr(adbin, adrelid), col_description(attrelid, attnum), obj_description(attrelid)
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid IN (CAST(? AS regclass), CAST(? AS regclass)) AND attnum > 0
                UNION ALL
                SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated, NULL, NULL, NULL
                FROM pg_constraint WHERE conrelid IN (CAST(? AS regclass), CAST(? AS regclass)) AND contype <> 'n'
                ORDER BY 1, 2""", STATE, RANGES, STATE, RANGES);
    }

    @Test
    void happensOnceWhereSeveralRunsBeginTogether() {
        List<CompletableFuture<BackfillResult>> runs = IntStream.range(0, 4)
                .mapToObj(i -> OwnThread.supply(() -> run(HALF_WAY)))
                .toList();

        assertThat(runs.stream()
                        .map(CompletableFuture::join)
                        .mapToLong(BackfillResult::rowsNow)
                        .sum())
                .isEqualTo(60);
        assertEachRowChangedOnce(100);
    }

    @Test
    void keepsJobsThatHaveEnded() throws SQLException {
        run(HALF_WAY);

        try (var connection = database.connect()) {
            BackfillJob ended = named("ended");
            assertThat(engine.isFinished(connection, ended)).isTrue();
            assertThat(engine.run(connection, ended).rowsNow()).isZero();
        }
        assertEachRowChangedOnce(100);
    }

    @Test
    void goesOnThroughAPartitionedTableThatWasGoneThroughAsAWhole() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) PARTITION BY HASH (id)",
                "CREATE TABLE shop.even PARTITION OF shop.items FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE shop.odd PARTITION OF shop.items FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "INSERT INTO shop.items SELECT i, CASE WHEN i <= 40 THEN 1 ELSE 0 END FROM generate_series(1, 100) i",
                "UPDATE " + STATE + " SET table_oid = 'shop.items'::regclass");

        run(HALF_WAY);

        assertEachRowChangedOnce(100);
    }

    @Test
    void isRefusedToThoseWhoDoNotOwnTheTable() throws SQLException {
        String role = database.createRole("app");
        database.execute(
                "GRANT USAGE, CREATE ON SCHEMA shop, \"Host's own\" TO " + role,
                "GRANT SELECT, UPDATE ON shop.items TO " + role,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON " + STATE + " TO " + role);

        try (Connection connection = database.connectAs(role)) {
            assertThatThrownBy(() -> engine.run(connection, HALF_WAY))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining(
                            "%s has the layout of an earlier release, and role %s does not own it: let its owner"
                                    .formatted(STATE, role));
            assertThat(engine.check(connection, HALF_WAY))
                    .extracting(Problem::message)
                    .singleElement()
                    .asString()
                    .contains("has the layout of an earlier release");
        }
        assertThat(count("shop.items WHERE n = 1")).isEqualTo(40);
        run(HALF_WAY);
        assertEachRowChangedOnce(100);
    }

    @Test
    void isLeftAloneByThoseWhoOnlyLook() throws SQLException {
        try (var connection = database.connect()) {
            assertThat(engine.check(connection, HALF_WAY)).isEmpty();
            assertThat(engine.isFinished(connection, HALF_WAY)).isFalse();
            assertThat(engine.isFinished(connection, named("ended"))).isTrue();
            assertThat(engine.status(connection, "nobody")).isEmpty();
            assertThat(engine.status(connection, "job")).hasValueSatisfying(status -> {
                assertThat(status.state()).isEqualTo(BackfillState.STOPPED);
                assertThat(status.rowsDone()).isEqualTo(40);
                assertThat(status.error()).isEqualTo("no space left on device");
            });
        }
        assertThat(database.<String>value("SELECT obj_description(CAST(? AS regclass))", STATE))
                .contains("layout 1");
    }

    @Test
    void isNotNeededForAJobThatHasEndedThoughItsTableIsGone() {
        database.execute("DROP TABLE shop.items");

        assertThat(run(named("ended")).rows()).isEqualTo(100);
    }

    private static BackfillJob named(String name) {
        return new BackfillJob(name, ITEMS, HALF_WAY.work(), HALF_WAY.origin(), HALF_WAY.options());
    }
}
