package dev.expandcontract.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The shape of pgroll and reshape: a batch is read in order of the key from where the last one ended, and joined with the
 * table to be changed. Without the triggers by which these two convert a row: the join alone is measured.
 */
record UpdateFromBatch() implements Side {
    static final String NAME = "update-from-batch";

    private static final int BATCH = 1_000;

    private static final String FILL = """
            WITH batch AS (
              SELECT id FROM item WHERE %1$s AND %2$s ORDER BY id LIMIT %3$d FOR NO KEY UPDATE
            ), filling AS (
              UPDATE item SET %4$s FROM batch WHERE item.id = batch.id RETURNING item.id
            )
            SELECT id FROM filling ORDER BY id DESC LIMIT 1
            """;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "UPDATE … FROM batch of 1000 (pgroll, reshape)";
    }

    @Override
    public Optional<String> hindrance(BenchmarkCase what) {
        return what.hasKey() ? Optional.empty() : Optional.of("needs a key");
    }

    @Override
    public void fill(Database database, BenchmarkCase what) throws SQLException {
        String next = FILL.formatted(CONDITION, "id > CAST(? AS %s)".formatted(what.keyType()), BATCH, SET);
        try (Connection connection = database.connect()) {
            Optional<String> last = Database.text(connection, FILL.formatted(CONDITION, "true", BATCH, SET));
            while (last.isPresent()) {
                last = Database.text(connection, next, last.get());
            }
        }
    }
}
