package dev.expandcontract.testing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sessions that go on working while something else happens to their database, and what they felt of it.
 *
 * <p>Random numbers follow from one seed, which is logged; {@code -Dworkload.seed=…} repeats it.
 */
public final class Workload implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(Workload.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Measurements whole = new Measurements();
    private final Measurements lap = new Measurements();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Workload() {}

    /** What a session does over and over; the connection is in autocommit mode. */
    @FunctionalInterface
    public interface Work {
        void run(Connection connection) throws SQLException;
    }

    /** The same, with random numbers that depend on the seed and the session only. */
    @FunctionalInterface
    public interface RandomWork {
        void run(Connection connection, Random random) throws SQLException;
    }

    /**
     * One kind of session.
     *
     * @param applicationName theirs
     * @param sessions how many
     * @param pause between two runs of one session, so that the machine has time for what is being tested
     */
    public record Task(String applicationName, RandomWork work, int sessions, Duration pause) {
        public Task times(int number) {
            return new Task(applicationName, work, number, pause);
        }

        public Task every(Duration newPause) {
            return new Task(applicationName, work, sessions, newPause);
        }
    }

    public static Task statement(String applicationName, String sql) {
        return statement(applicationName, connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    public static Task statement(String applicationName, Work work) {
        return statement(applicationName, (connection, random) -> work.run(connection));
    }

    public static Task statement(String applicationName, RandomWork work) {
        return new Task(applicationName, work, 1, Duration.ofMillis(2));
    }

    /** Returns when every session has done its work once. */
    public static Workload start(TestDatabase database, Task... tasks) {
        long seed = Long.getLong("workload.seed", RandomGenerator.getDefault().nextLong(1_000_000_000));
        LOGGER.log(
                Level.INFO, "Workload of {0} kinds; repeat it with -Dworkload.seed={1,number,#}", tasks.length, seed);
        Workload workload = new Workload();
        for (Task task : tasks) {
            for (int i = 0; i < task.sessions(); i++) {
                workload.workers.add(new Worker(database, task, seed + workload.workers.size(), workload::record));
            }
        }
        workload.startThreads();
        return workload;
    }

    private void startThreads() {
        CountDownLatch ready = new CountDownLatch(workers.size());
        for (Worker worker : workers) {
            Thread thread = new Thread(() -> worker.run(ready), worker.toString());
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        try {
            if (!ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                stop();
                throw new IllegalStateException("Not every session has done its work once within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }

    private void record(String applicationName, Duration duration, Throwable... errors) {
        whole.add(applicationName, duration, errors);
        lap.add(applicationName, duration, errors);
    }

    /** What was felt since the last lap, or the start. A statement that still waits counts with the time it has waited. */
    public Report lap() {
        workers.forEach(
                worker -> worker.waiting().ifPresent(duration -> lap.waits(worker.applicationName(), duration)));
        return lap.reportAndReset();
    }

    /** Ends every session after what it is doing, and tells what was felt since the start. */
    public Report stop() {
        workers.forEach(Worker::stop);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < threads.size(); i++) {
            end(threads.get(i), workers.get(i), deadline);
        }
        return whole.report();
    }

    /** A session that waits for ever, for a lock of the test's own perhaps, is cut off and counted as an error. */
    private void end(Thread thread, Worker worker, long deadline) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            if (thread.isAlive()) {
                Duration waited = worker.waiting().orElse(PATIENCE);
                worker.abort();
                record(worker.applicationName(), waited, new IllegalStateException(worker + " did not end by itself"));
            }
        } catch (InterruptedException e) {
            worker.abort();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }

    /**
     * What the sessions felt.
     *
     * @param slowest the longest run of one session's work; zero without any
     * @param slowestApplication whose that was; empty without any
     * @param statements how many runs ended, well or not
     * @param errors at most 100 of them, the earliest
     * @param errorCount all of them
     */
    public record Report(
            Duration slowest, String slowestApplication, long statements, List<Throwable> errors, long errorCount) {
        @Override
        public String toString() {
            return "%d statements, the slowest %d ms (%s), %d errors%s"
                    .formatted(
                            statements,
                            slowest.toMillis(),
                            slowestApplication.isEmpty() ? "nobody" : slowestApplication,
                            errorCount,
                            errors.isEmpty() ? "" : ", the first: " + errors.get(0));
        }
    }
}
