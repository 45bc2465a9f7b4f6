package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class StreamingReplicaIT {
    private final TestDatabase database;

    StreamingReplicaIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void table() {
        database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t AS SELECT 1 AS a");
    }

    @Test
    void followsItsPrimaryAndRefusesWrites() throws SQLException {
        try (var replica = StreamingReplica.start()) {
            replica.awaitCaughtUp();
            assertThat(rows(replica)).containsExactly(List.of(1));

            database.execute("INSERT INTO t VALUES (2)", "UPDATE t SET a = a + 10");
            replica.awaitCaughtUp();

            assertThat(rows(replica)).containsExactlyInAnyOrder(List.of(11), List.of(12));
            try (Connection connection = replica.connect(database)) {
                assertThatThrownBy(() -> Sql.execute(connection, "INSERT INTO t VALUES (3)"))
                        .hasMessageContaining("cannot execute INSERT in a read-only transaction");
            }
        }
    }

    @Test
    void showsNothingNewWhileItsReplayIsPaused() throws SQLException {
        try (var replica = StreamingReplica.start()) {
            replica.awaitCaughtUp();
            replica.pauseReplay();
            database.execute("INSERT INTO t VALUES (2)");
            assertThat(rows(replica)).containsExactly(List.of(1));

            replica.resumeReplay();
            replica.awaitCaughtUp();
            assertThat(rows(replica)).hasSize(2);
        }
    }

    @Test
    void goesOnWhereItWasAfterAStop() throws SQLException {
        try (var replica = StreamingReplica.start()) {
            replica.stop();
            assertThat(database.rows("SELECT FROM pg_stat_replication WHERE application_name = ?", replica.name()))
                    .isEmpty();
            database.execute("INSERT INTO t VALUES (2)", "SELECT pg_switch_wal()", "CHECKPOINT");

            replica.restart();
            replica.awaitCaughtUp();
            assertThat(rows(replica)).hasSize(2);
        }
    }

    @Test
    void isAServerOfItsOwnWhenItIsPromoted() throws SQLException {
        try (var replica = StreamingReplica.start()) {
            replica.awaitCaughtUp();
            replica.promote();
            try (Connection connection = replica.connect(database)) {
                Sql.execute(connection, "INSERT INTO t VALUES (2)");
            }

            assertThat(rows(replica)).hasSize(2);
            assertThat(database.rows("SELECT * FROM t")).hasSize(1);
        }
    }

    @Test
    void leavesNothingBehind() throws SQLException {
        String name;
        String directory;
        try (var replica = StreamingReplica.start();
                Connection connection = replica.connect(database)) {
            name = replica.name();
            directory = String.valueOf(
                    Sql.rows(connection, "SHOW data_directory").get(0).get(0));
            assertThat(database.rows("SELECT active FROM pg_replication_slots WHERE slot_name = ?", name))
                    .containsExactly(List.of(true));
        }

        assertThat(database.rows("SELECT FROM pg_replication_slots WHERE slot_name = ?", name))
                .isEmpty();
        assertThat(java.nio.file.Path.of(directory)).doesNotExist();
    }

    private List<List<@Nullable Object>> rows(StreamingReplica replica) throws SQLException {
        try (Connection connection = replica.connect(database)) {
            return Sql.rows(connection, "SELECT a FROM t");
        }
    }
}
