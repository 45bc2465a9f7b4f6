package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class WorkloadIT {
    private final TestDatabase database;

    WorkloadIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void table() {
        database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (a int)");
    }

    @Test
    void worksInSessionsThatCarryTheirNames() {
        try (var workload = Workload.start(
                database,
                Workload.statement("till", "INSERT INTO t VALUES (1)").times(2),
                Workload.statement("report", "SELECT * FROM t"))) {
            assertThat(database.rows("""
                            SELECT application_name, count(*) FROM pg_stat_activity
                            WHERE application_name IN ('till', 'report') GROUP BY 1 ORDER BY 1
                            """)).containsExactly(List.of("report", 1L), List.of("till", 2L));

            var report = workload.stop();

            assertThat(report.statements()).isGreaterThanOrEqualTo(3);
            assertThat(report.errors()).isEmpty();
            assertThat(database.<Long>value("SELECT count(*) FROM t")).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void feelsALockAsItsSlowestStatement() {
        try (var workload = Workload.start(database, Workload.statement("writer", "INSERT INTO t VALUES (1)"))) {
            var before = workload.lap();
            var holder = LockHolder.hold(database, "LOCK TABLE t IN SHARE MODE");
            holder.releaseAfter(Duration.ofMillis(400)).join();
            var during = workload.lap();
            var whole = workload.stop();

            assertThat(before.errors()).isEmpty();
            assertThat(during.slowest()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
            assertThat(during.slowestApplication()).isEqualTo("writer");
            assertThat(whole.slowest()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            assertThat(whole.toString()).contains("(writer), 0 errors");
        }
    }

    @Test
    void countsErrorsAndGoesOn() {
        var runs = new AtomicInteger();
        try (var workload = Workload.start(database, Workload.statement("failing", connection -> {
            runs.incrementAndGet();
            connection.createStatement().execute("SELECT * FROM missing");
        }))) {
            while (runs.get() < 3) {
                Thread.onSpinWait();
            }
            var report = workload.stop();

            assertThat(report.errorCount()).isGreaterThanOrEqualTo(2);
            assertThat(report.errors().get(0))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("\"missing\" does not exist");
        }
    }

    @Test
    void goesOnAfterItsConnectionIsTerminated() {
        try (var workload = Workload.start(database, Workload.statement("reader", "SELECT 1"))) {
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reader'");
            while (workload.lap().errorCount() == 0) {
                Thread.onSpinWait();
            }
            while (workload.lap().statements() == 0) {
                Thread.onSpinWait();
            }

            assertThat(workload.stop().errorCount()).isEqualTo(1);
        }
    }

    @Test
    void givesTheSameRandomNumbersForTheSameSeed() {
        Map<Integer, List<Integer>> numbers = new HashMap<>();
        System.setProperty("workload.seed", "7");
        try {
            for (int run = 0; run < 2; run++) {
                var drawn = new ConcurrentLinkedQueue<Integer>();
                Workload.start(
                                database,
                                Workload.statement("random", (connection, random) -> drawn.add(random.nextInt())))
                        .stop();
                numbers.put(run, List.copyOf(drawn).subList(0, 1));
            }
        } finally {
            System.clearProperty("workload.seed");
        }

        assertThat(numbers.get(0)).isEqualTo(numbers.get(1));
    }
}
