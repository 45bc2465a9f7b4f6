package dev.expandcontract.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The loop of the handbooks: some rows that nobody has locked, until there are none. Every batch looks from the start of
 * the table for what is left, so small batches cost more than large ones; these are the larger of what people use.
 */
record SkipLockedLoop() implements Side {
    private static final int BATCH = 10_000;
    private static final int PAUSE_FOR_LOCKED_ROWS_MILLIS = 10;

    private static final String FILL = """
            UPDATE item SET %s
            WHERE %s = ANY (ARRAY(SELECT %2$s FROM item WHERE %s LIMIT %d FOR UPDATE SKIP LOCKED))
            """;

    @Override
    public String name() {
        return "skip-locked";
    }

    @Override
    public String description() {
        return "loop of UPDATE … LIMIT 10000 FOR UPDATE SKIP LOCKED";
    }

    @Override
    public void fill(Database database, BenchmarkCase what) throws SQLException, InterruptedException {
        String sql = FILL.formatted(SET, what.hasKey() ? "id" : "ctid", CONDITION, BATCH);
        try (Connection connection = database.connect()) {
            while (Database.update(connection, sql) > 0 || isWorkLeft(connection)) {
                // Autocommit: each batch is a transaction.
            }
        }
    }

    private static boolean isWorkLeft(Connection connection) throws SQLException, InterruptedException {
        Optional<String> row = Database.text(connection, "SELECT 1 FROM item WHERE " + CONDITION + " LIMIT 1");
        if (row.isPresent()) {
            Thread.sleep(PAUSE_FOR_LOCKED_ROWS_MILLIS);
        }
        return row.isPresent();
    }
}
