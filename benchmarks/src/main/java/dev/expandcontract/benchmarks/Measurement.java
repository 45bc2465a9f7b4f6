package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.ForegroundRun;
import dev.expandcontract.benchmarks.CaseReport.Run;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/** One run of one side: on a fresh copy of the table, of which every row is looked at afterwards. */
record Measurement(BenchmarkServer server, BenchmarkCase what, long rows, boolean profile) {
    private static final String INDEXES = "SELECT pg_indexes_size('item')";

    Run alone(Side side, int repeat) throws SQLException, InterruptedException {
        Database database = server.freshCopy();
        long indexes = database.number(INDEXES);
        String position = database.text("SELECT pg_current_wal_insert_lsn()");
        Fill fill = profile ? fillProfiled(side, database) : new Fill(fill(side, database), Map.of());
        long wal = database.number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '%s')".formatted(position));
        requireAllFilled(database);
        double growth = (double) database.number(INDEXES) / indexes;
        return new Run(repeat, fill.seconds, rows / fill.seconds, wal, growth, fill.profile);
    }

    ForegroundRun beside(Foreground foreground, Side side, int repeat)
            throws IOException, SQLException, InterruptedException {
        Database database = server.freshCopy();
        ForegroundRun run = foreground.beside(repeat, database, rows, () -> side.fill(database, what));
        requireAllFilled(database);
        return run;
    }

    private record Fill(double seconds, Map<String, Double> profile) {}

    private Fill fillProfiled(Side side, Database database) throws SQLException, InterruptedException {
        try (WaitProfile waits = WaitProfile.start(database)) {
            double seconds = fill(side, database);
            return new Fill(seconds, waits.sessionsByActivity());
        }
    }

    private double fill(Side side, Database database) throws SQLException, InterruptedException {
        long begin = System.nanoTime();
        side.fill(database, what);
        return (System.nanoTime() - begin) / 1e9;
    }

    private void requireAllFilled(Database database) throws SQLException {
        long filled = database.number("SELECT count(*) FROM item WHERE filled = " + Side.VALUE);
        if (filled != rows) {
            throw new SQLException("%,d of %,d rows were filled: its figure does not count".formatted(filled, rows));
        }
    }
}
