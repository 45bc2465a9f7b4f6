package dev.expandcontract.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The shape of online_migrations: the key 1000 rows on is looked up, then what lies before it is changed. */
record KeyRanges(Duration pause) implements Side {
    private static final int BATCH = 1_000;

    @Override
    public String name() {
        return pause.isZero() ? "key-ranges" : "key-ranges-pause";
    }

    @Override
    public String description() {
        return "key ranges of 1000, %s (online_migrations)"
                .formatted(pause.isZero() ? "no pause" : "pause of " + pause.toMillis() + " ms");
    }

    @Override
    public Optional<String> hindrance(BenchmarkCase what) {
        return what.hasKey() ? Optional.empty() : Optional.of("needs a key");
    }

    @Override
    public void fill(Database database, BenchmarkCase what) throws SQLException, InterruptedException {
        String from = "id >= CAST(? AS %s)".formatted(what.keyType());
        String upTo = "id < CAST(? AS %s)".formatted(what.keyType());
        String lookUp =
                "SELECT id FROM item WHERE %s AND %s ORDER BY id OFFSET %d LIMIT 1".formatted(CONDITION, from, BATCH);
        String fill = "UPDATE item SET %s WHERE %s AND %s".formatted(SET, CONDITION, from);
        try (Connection connection = database.connect()) {
            Optional<String> start =
                    Database.text(connection, "SELECT id FROM item WHERE " + CONDITION + " ORDER BY id LIMIT 1");
            while (start.isPresent()) {
                Optional<String> stop = Database.text(connection, lookUp, start.get());
                if (stop.isPresent()) {
                    Database.update(connection, fill + " AND " + upTo, start.get(), stop.get());
                    Thread.sleep(pause.toMillis());
                } else {
                    Database.update(connection, fill, start.get());
                }
                start = stop;
            }
        }
    }
}
