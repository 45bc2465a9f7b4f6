package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.ForegroundRun;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What an application at half of its capacity feels while something else is done. */
record Foreground(Pgbench pgbench, double rate) {
    private static final Duration LEAD = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double NINETY_NINE = 0.99;

    /** What goes on meanwhile. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException, InterruptedException;
    }

    /** Of the transactions that were due while the work went on; those that it kept waiting are waited for. */
    ForegroundRun beside(int repeat, Database database, long rows, Work work)
            throws IOException, SQLException, InterruptedException {
        try (Pgbench.Running running = pgbench.start(database, rate)) {
            Thread.sleep(LEAD.toMillis());
            Instant begin = Instant.now();
            work.run();
            Instant end = Instant.now();
            awaitBacklog(running, end);
            long[] times = running.log().timesDueWithin(micros(begin), micros(end));
            if (times.length == 0) {
                throw new IOException("no transaction of pgbench was due within " + Duration.between(begin, end));
            }
            double seconds = Duration.between(begin, end).toNanos() / 1e9;
            return new ForegroundRun(
                    repeat, Statistics.percentile(times, NINETY_NINE) / 1e3, times.length, seconds, rows / seconds);
        }
    }

    /** pgbench takes what is due in turn, and keeps a few lines of its log to itself before it writes them. */
    private static void awaitBacklog(Pgbench.Running running, Instant end) throws IOException, InterruptedException {
        Instant patienceEnds = end.plus(PATIENCE);
        while (!running.log().hasReached(micros(end) + micros(LEAD))) {
            if (Instant.now().isAfter(patienceEnds)) {
                throw new IOException("pgbench did not catch up in " + PATIENCE);
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }
}
