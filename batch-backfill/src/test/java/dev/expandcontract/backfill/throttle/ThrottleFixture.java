package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at signals as an engine does: each time in a short read-only transaction. */
@PostgresTest
abstract class ThrottleFixture {
    static final QualifiedName ITEMS = QualifiedName.of("public", "items");
    static final Target TARGET = Target.of(ITEMS);

    final TestDatabase database;
    final ManualClock clock = new ManualClock();

    ThrottleFixture(TestDatabase database) {
        this.database = database;
    }

    Throttle.Watch watch(Throttle throttle) {
        return throttle.watch(TARGET, clock);
    }

    Optional<String> look(Throttle.Watch watch) throws SQLException {
        try (Connection connection = database.connect()) {
            return look(watch, connection);
        }
    }

    static Optional<String> look(Throttle.Watch watch, Connection connection) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try {
            return watch.reasonToWait(connection);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** As one text; empty if there is none. */
    String hindrance(Throttle throttle) throws SQLException {
        try (Connection connection = database.connect()) {
            return hindrance(throttle, connection);
        }
    }

    static String hindrance(Throttle throttle, Connection connection) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        Map<Throttle, String> hindrances = Throttles.hindrances(connection, List.of(throttle), TARGET);
        connection.rollback();
        return hindrances.getOrDefault(throttle, "");
    }

    @FunctionalInterface
    interface Condition {
        boolean holds() throws SQLException;
    }

    static void await(String what, Condition condition) throws SQLException {
        long began = System.nanoTime();
        while (!condition.holds()) {
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("waits until " + what)
                    .isLessThan(Duration.ofSeconds(30));
        }
    }

    /** At least so many bytes of WAL, which are on the disk when this returns. */
    void writeWal(int bytes) {
        database.execute("SET synchronous_commit = local; SELECT pg_logical_emit_message(true, 'load', repeat('x', %d))"
                .formatted(bytes));
    }
}
