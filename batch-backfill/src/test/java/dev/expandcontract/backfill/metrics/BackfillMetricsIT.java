package dev.expandcontract.backfill.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class BackfillMetricsIT {
    private static final Identifier SCHEMA = new Identifier("public");

    private final TestDatabase database;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    BackfillMetricsIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void freshTables() {
        database.reset();
        database.execute(
                "CREATE TABLE items (id int PRIMARY KEY, n int)",
                "INSERT INTO items SELECT i, i FROM generate_series(0, 99) i");
    }

    @Test
    void showsEachJobFromItsRegistrationToItsEnd() throws SQLException {
        var metrics = new BackfillMetrics(database::connect, SCHEMA);
        metrics.bindTo(registry);
        assertThat(registry.get(BackfillMetrics.REACHABLE).gauge().value()).isEqualTo(1);
        assertThat(registry.find("backfill.percent").gauge()).isNull();

        var engine = new BackfillEngine(SCHEMA);
        BackfillJob job = BackfillJob.of("job", QualifiedName.of("public", "items"), new SqlExpression("n = 100 / n"));
        try (Connection connection = database.connect()) {
            engine.register(connection, job);
            new BackfillControl(SCHEMA).pause(connection, "job");
            metrics.refresh();
            assertThat(state("registered")).isZero();
            assertThat(state("paused")).isEqualTo(1);
            assertThat(value("seconds.left")).isNaN();

            new BackfillControl(SCHEMA).resume(connection, "job");
            engine.run(connection, job);
            metrics.refresh();
        }
        assertThat(state("finished with failures")).isEqualTo(1);
        assertThat(value("percent")).isEqualTo(100);
        assertThat(value("rows.changed")).isEqualTo(99);
        assertThat(value("rows.passed")).isGreaterThanOrEqualTo(99);
        assertThat(value("rows.estimated")).isPositive();
        assertThat(value("rows.failed")).isEqualTo(1);
        assertThat(value("rows.remaining")).isZero();
        assertThat(value("rate")).isPositive();
        assertThat(value("throttled")).isZero();
        assertThat(value("heartbeat.age")).isBetween(0.0, 600.0);

        database.execute("DELETE FROM expand_contract_backfill");
        metrics.refresh();
        assertThat(registry.find("backfill.percent").gauge()).isNull();
    }

    /** As somebody does who looks at one of them only. */
    @Test
    void areUpToDateWhicheverIsRead() throws SQLException {
        var engine = new BackfillEngine(SCHEMA);
        BackfillJob job = BackfillJob.of("job", QualifiedName.of("public", "items"), new SqlExpression("n = 7"));
        try (Connection connection = database.connect()) {
            engine.register(connection, job);
            new BackfillMetrics(database::connect, SCHEMA, Duration.ZERO).bindTo(registry);
            assertThat(value("percent")).isZero();
            var state = registry.get("backfill.state")
                    .tags("name", "job", "state", "finished")
                    .gauge();
            engine.run(connection, job);

            assertThat(value("percent")).isEqualTo(100);
            assertThat(state.value()).isEqualTo(1);
        }
        database.execute("UPDATE expand_contract_backfill SET heartbeat_at = heartbeat_at - interval '1 h'");
        assertThat(value("heartbeat.age")).isBetween(3_600.0, 4_200.0);
        var percent = registry.get("backfill.percent").gauge();
        database.execute("DELETE FROM expand_contract_backfill");
        assertThat(percent.value()).isNaN();
    }

    @Test
    void readsTheTableOnceInAnInterval() {
        int[] connections = {0};
        ConnectionSource counting = () -> {
            connections[0]++;
            return database.connect();
        };
        new BackfillMetrics(counting, SCHEMA, Duration.ofHours(1)).bindTo(registry);
        registry.get(BackfillMetrics.REACHABLE).gauge().value();
        assertThat(connections[0]).isEqualTo(1);

        var eager = new SimpleMeterRegistry();
        new BackfillMetrics(counting, SCHEMA, Duration.ZERO).bindTo(eager);
        eager.get(BackfillMetrics.REACHABLE).gauge().value();
        assertThat(connections[0]).isEqualTo(3);
    }

    @Test
    void saysWhenTheDatabaseIsAway() {
        new BackfillMetrics(
                        () -> {
                            throw new SQLException("away", "08001");
                        },
                        SCHEMA)
                .bindTo(registry);

        assertThat(registry.get(BackfillMetrics.REACHABLE).gauge().value()).isZero();
    }

    /** A monitor that reads every gauge would else wait for each of them. */
    @Test
    void asksADatabaseThatIsAwayOnlyOnceInAnIntervalThoughItTakesLongerToSaySo() {
        int[] attempts = {0};
        ConnectionSource slow = () -> {
            attempts[0]++;
            LockSupport.parkNanos(Duration.ofMillis(1_100).toNanos());
            throw new SQLException("away", "08001");
        };
        new BackfillMetrics(slow, SCHEMA, Duration.ofSeconds(1)).bindTo(registry);

        for (int gauge = 0; gauge < 5; gauge++) {
            registry.get(BackfillMetrics.REACHABLE).gauge().value();
        }
        assertThat(attempts[0]).as("of six reads").isLessThan(4);
    }

    private double value(String name) {
        return registry.get("backfill." + name).tag("name", "job").gauge().value();
    }

    private double state(String state) {
        return registry.get("backfill.state")
                .tag("name", "job")
                .tag("state", state)
                .gauge()
                .value();
    }
}
