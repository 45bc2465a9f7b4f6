package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server's own counters show that every batch reads its range from the index, and nothing else of the table. */
class LinearCostIT extends BackfillFixture {
    private static final int ROWS = 20_000;

    LinearCostIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            id              | never analysed | 500
            id              | analysed       | 500
            u               | never analysed | 500
            u               | analysed       | 500
            t               | analysed       | 500
            tenant, id      | never analysed | 500
            tenant, id      | analysed       | 500
            tenant, u       | never analysed | 500
            tenant, u       | analysed       | 500
            id, tenant      | never analysed | 500
            id, tenant      | analysed       | 500
            one, id         | never analysed | 500
            two, id         | analysed       | 500
            one, id         | analysed       | 500
            id              | analysed       | 100
            tenant, id      | never analysed | 100
            """)
    void readsEachRowByTheIndexAndOnlyTwice(String key, String statistics, int batchSize) throws Exception {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint, tenant int, one int DEFAULT 1, two int, u uuid DEFAULT gen_random_uuid(),"
                        + " t text COLLATE \"en-x-icu\", n int DEFAULT 0, filler text DEFAULT repeat('x', 100),"
                        + " PRIMARY KEY (" + key + ")) WITH (autovacuum_enabled = off)",
                "INSERT INTO shop.items (id, tenant, two, t) SELECT i, i % 9, i % 2, md5(i::text) FROM generate_series(1, "
                        + ROWS + ") i");
        if (statistics.equals("analysed")) {
            database.execute("ANALYZE shop.items");
        }
        Counters before = countersOnceCounted(Counters::inserts);

        run(addOne().withOptions(batchesOf(batchSize)));

        Counters after = countersOnceCounted(Counters::updates);
        assertThat(after.sequentialScans()).isEqualTo(before.sequentialScans());
        assertThat(after.indexEntriesRead() - before.indexEntriesRead())
                .as("once to find the range's end, once to change the row")
                .isBetween((long) ROWS, 2L * ROWS + 10L * ROWS / batchSize);
        assertEachRowChangedOnce(ROWS);
    }

    /** A session with an old snapshot keeps every row that was ever there, and every look goes past them. */
    @Test
    void notesItsBatchesInTheRangesRowWithoutNewEntriesInItsIndexes() {
        fill(ROWS);

        run(addOne().withOptions(batchesOf(100)));

        Awaitility.await()
                .untilAsserted(() -> assertThat(database.rows("SELECT n_tup_ins < 30, n_tup_hot_upd >= 150"
                                + " FROM pg_stat_all_tables WHERE relname = 'expand_contract_backfill_range'"))
                        .as("rows for 200 batches, and updates of them in place")
                        .isEqualTo(List.of(List.of(true, true))));
    }

    private record Counters(long sequentialScans, long indexEntriesRead, long inserts, long updates) {}

    /** A session's counters reach the server's statistics some time after it has ended. */
    private Counters countersOnceCounted(ToLongFunction<Counters> rows) throws InterruptedException {
        Counters counters = counters();
        for (int tries = 0; tries < 600 && rows.applyAsLong(counters) < ROWS; tries++) {
            Thread.sleep(10);
            counters = counters();
        }
        return counters;
    }

    private Counters counters() {
        List<?> row = database.rows("""
                SELECT s.seq_scan::bigint, sum(i.idx_tup_read)::bigint, s.n_tup_ins::bigint, s.n_tup_upd::bigint
                FROM pg_stat_user_tables s JOIN pg_stat_user_indexes i USING (relid)
                WHERE s.relid = 'shop.items'::regclass
                GROUP BY s.relid, s.seq_scan, s.n_tup_ins, s.n_tup_upd""").get(0);
        return new Counters((Long) row.get(0), (Long) row.get(1), (Long) row.get(2), (Long) row.get(3));
    }
}
