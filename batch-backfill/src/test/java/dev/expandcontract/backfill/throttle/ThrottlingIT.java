package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ThrottlingIT extends ThrottleFixture {
    private final Scripted first = new Scripted("first");
    private final Scripted second = new Scripted("second");
    private final Connection connection;

    ThrottlingIT(TestDatabase database) throws SQLException {
        super(database);
        this.connection = database.connect();
    }

    @BeforeEach
    void begin() throws SQLException {
        database.execute("DROP TABLE IF EXISTS items", "CREATE TABLE items (n int)");
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void joinsTheReasonsOfAllThrottles() throws SQLException {
        var throttling = throttling(first, second);
        assertThat(throttling.reasonToWait(connection)).isEmpty();

        first.answer = "SELECT 'too hot'";
        second.answer = "SELECT 'too late'";
        clock.passSeconds(1);
        assertThat(throttling.reasonToWait(connection)).hasValue("too hot; too late");
    }

    @Test
    void asksOnceInASecondAndKeepsTheAnswer() throws SQLException {
        first.answer = "SELECT 'too hot'";
        var throttling = throttling(first);
        for (int i = 0; i < 20; i++) {
            assertThat(throttling.reasonToWait(connection)).isPresent();
            clock.pass(Duration.ofMillis(100));
        }

        assertThat(first.looks).isEqualTo(2);
    }

    @Test
    void takesASignalThatFailsForBadAndAsksTheOthersAllTheSame() throws SQLException {
        first.answer = "SELECT temperature";
        second.answer = "SELECT 'too late'";

        assertThat(throttling(first, second).reasonToWait(connection))
                .hasValue("throttle first can't be read: column \"temperature\" does not exist; too late");
    }

    @Test
    void takesASignalThatThrowsSomethingElseForBad() throws SQLException {
        first.answer = "throw";

        assertThat(throttling(first).reasonToWait(connection))
                .hasValue("throttle first can't be read: java.lang.IllegalStateException: broken");
    }

    @Test
    @Tag("slow")
    @Timeout(20)
    void takesASignalThatDoesNotAnswerForBad() throws SQLException {
        var slow = new SqlThrottle("SELECT pg_sleep(60)::text");

        assertThat(throttling(slow).reasonToWait(connection))
                .hasValue("throttle " + slow + " can't be read: canceling statement due to statement timeout");
        assertThat(setting("statement_timeout")).isEqualTo("0");
    }

    @Test
    void doesNotTakeABrokenConnectionForABusyServer() throws SQLException {
        database.execute("SELECT pg_terminate_backend(%d)".formatted(backend()));

        assertThatThrownBy(() -> throttling(first).reasonToWait(connection)).isInstanceOf(SQLException.class);
    }

    @Test
    void looksBeforeACommitOnceInASecondAndLeavesTheTransactionAlone() throws SQLException {
        var throttling = throttling(first);
        for (int i = 0; i < 11; i++) {
            write();
            throttling.beforeCommit(connection);
            connection.commit();
            clock.pass(Duration.ofMillis(100));
        }

        assertThat(first.commits).isEqualTo(2);
        assertThat(database.<Long>value("SELECT count(*) FROM items")).isEqualTo(11);
    }

    @Test
    void commitsABatchWhoseLookFailsAndWaitsAfterIt() throws SQLException {
        first.beforeCommit = "SELECT temperature";
        var throttling = throttling(first);
        write();
        throttling.beforeCommit(connection);
        assertThat(setting("statement_timeout")).isEqualTo("0");
        connection.commit();

        assertThat(database.<Long>value("SELECT count(*) FROM items")).isEqualTo(1);
        assertThat(throttling.reasonToWait(connection))
                .hasValue("throttle first can't be read: column \"temperature\" does not exist");
        clock.passSeconds(1);
        assertThat(throttling.reasonToWait(connection))
                .as("only another batch can tell")
                .isEmpty();
    }

    @Test
    void saysWhichThrottlesAnOrdinaryRoleCannotUse() throws SQLException {
        String role = database.createRole("clerk");
        try (Connection clerk = database.connectAs(role)) {
            clerk.setAutoCommit(false);
            assertThat(Throttles.hindrances(clerk, Throttles.defaults(), TARGET))
                    .hasSize(1)
                    .containsEntry(
                            new ReplicaLagThrottle(Duration.ofSeconds(10), 256 << 20),
                            "throttle replicaLag=10s,256MB: role %s sees no details of other sessions in pg_stat_replication; this mends it: GRANT pg_read_all_stats TO %s"
                                    .formatted(role, role));
        }
        assertThat(Throttles.hindrances(connection, Throttles.defaults(), TARGET))
                .isEmpty();
        assertThat(throttling(Throttles.defaults().toArray(Throttle[]::new)).reasonToWait(connection))
                .isEmpty();
    }

    private Throttling throttling(Throttle... throttles) {
        return new Throttling(List.of(throttles), TARGET, clock);
    }

    private void write() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("INSERT INTO items VALUES (1)");
        }
    }

    private int backend() throws SQLException {
        return Integer.parseInt(value("SELECT pg_backend_pid()"));
    }

    private String setting(String name) throws SQLException {
        return value("SHOW " + name);
    }

    private String value(String sql) throws SQLException {
        return Scripted.answer(connection, sql).orElseThrow();
    }

    /** Says what its SQL says. */
    private static final class Scripted implements Throttle, Throttle.Watch {
        private final String name;
        private String answer = "SELECT ''";
        private String beforeCommit = "SELECT ''";
        private int looks;
        private int commits;

        Scripted(String name) {
            this.name = name;
        }

        @Override
        public Watch watch(Target target, LongSupplier nanos) {
            return this;
        }

        @Override
        public Optional<String> hindrance(Connection connection, Target target) {
            return Optional.empty();
        }

        @Override
        public Optional<String> reasonToWait(Connection connection) throws SQLException {
            looks++;
            if (answer.equals("throw")) {
                throw new IllegalStateException("broken");
            }
            return answer(connection, answer);
        }

        @Override
        public void beforeCommit(Connection connection) throws SQLException {
            commits++;
            answer(connection, beforeCommit);
        }

        static Optional<String> answer(Connection connection, String sql) throws SQLException {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                row.next();
                return Optional.of(row.getString(1)).filter(text -> !text.isEmpty());
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
