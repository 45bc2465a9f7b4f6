package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.StreamingReplica;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

class ReplicaLagThrottleIT extends ThrottleFixture {
    private static final int MEGABYTE = 1 << 20;

    private static StreamingReplica replica;

    private final ReplicaLagThrottle byBytes = new ReplicaLagThrottle(Duration.ofHours(1), MEGABYTE);
    private final ReplicaLagThrottle byTime = new ReplicaLagThrottle(Duration.ofSeconds(10), 1L << 40);

    ReplicaLagThrottleIT(TestDatabase database) {
        super(database);
    }

    @BeforeAll
    static void replica() {
        replica = StreamingReplica.start();
    }

    @AfterEach
    void caughtUp() {
        replica.resumeReplay();
        replica.awaitCaughtUp();
    }

    @AfterAll
    static void close() {
        if (replica != null) {
            replica.close();
        }
    }

    @Test
    void waitsForAReplicaThatIsTooManyBytesBehindAndGoesOnWhenItHasCaughtUp() throws SQLException {
        replica.awaitCaughtUp();
        var watch = watch(byBytes);
        assertThat(look(watch)).isEmpty();

        replica.pauseReplay();
        writeWal(3 * MEGABYTE);

        assertThat(look(watch))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .matches("replica " + replica.name()
                                + " \\([0-9a-f:.]+\\) is \\d s and 3(\\.\\d)? MB behind \\(limits 1 h, 1 MB\\)"));
        caughtUp();
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void waitsForAReplicaWhoseReplayStandsStillThoughTheServersReplayLagStandsStillWithIt() throws SQLException {
        replica.awaitCaughtUp();
        var watch = watch(byTime);
        replica.pauseReplay();
        writeWal(10);

        assertThat(look(watch)).isEmpty();
        clock.passSeconds(6);
        writeWal(10);
        assertThat(look(watch)).isEmpty();
        clock.passSeconds(6);

        assertThat(look(watch))
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("is 12 s and ").endsWith("behind (limits 10 s, 1 TB)"));
        assertThat(database.<Boolean>value("SELECT coalesce(max(replay_lag), '0') < '10 s' FROM pg_stat_replication"))
                .isTrue();
        caughtUp();
        assertThat(look(watch)).isEmpty();
    }

    /** The first look of a watch has only the server's figure to go by, and that is gone whenever the replica is idle. */
    @Test
    void believesTheServersReplayLagOfWhatWasWrittenBeforeTheRunBegan() throws SQLException {
        var oneSecond = new ReplicaLagThrottle(Duration.ofSeconds(1), 1L << 40);
        delayReplay("2s");
        try {
            await("a run that begins waits for the delay", () -> {
                writeWal(10);
                return look(watch(oneSecond)).orElse("").matches("replica .* is [2-9] s and .*");
            });
        } finally {
            delayReplay("0");
        }
    }

    private void delayReplay(String time) throws SQLException {
        try (Connection connection = replica.connect(database);
                var statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET recovery_min_apply_delay = '" + time + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    @Test
    void doesNotMindAServerThatHasNothingToReplicate() throws SQLException {
        var watch = watch(byTime);
        for (int hour = 0; hour < 3; hour++) {
            replica.awaitCaughtUp();
            assertThat(look(watch)).isEmpty();
            clock.pass(Duration.ofHours(1));
        }
    }

    @Test
    void waitsForAReplicaThatWentAwayUntilItHasCaughtUp() throws SQLException {
        replica.awaitCaughtUp();
        var watch = watch(byBytes);
        assertThat(look(watch)).isEmpty();

        replica.stop();
        try {
            writeWal(3 * MEGABYTE);
            clock.passSeconds(20);
            assertThat(look(watch))
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .contains(replica.name())
                            .containsPattern("is \\d s and 3")
                            .contains("it has not been connected for 20 s, and after 10 min it is taken for retired"));
        } finally {
            replica.restart();
        }
        replica.awaitCaughtUp();
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void takesAReplicaForRetiredTenMinutesAfterItWentAway() throws SQLException {
        replica.awaitCaughtUp();
        var watch = watch(byBytes);
        assertThat(look(watch)).isEmpty();

        replica.stop();
        try {
            writeWal(3 * MEGABYTE);
            clock.passSeconds(599);
            assertThat(look(watch)).isPresent();
            clock.passSeconds(2);

            assertThat(look(watch)).isEmpty();
        } finally {
            replica.restart();
        }
    }

    @Test
    void countsWhatItMayNotSeeAsBadAndNamesTheGrant() throws SQLException {
        String role = database.createRole("clerk");
        String grant = "GRANT pg_read_all_stats TO " + role;
        try (Connection connection = database.connectAs(role)) {
            var watch = watch(byBytes);
            assertThat(look(watch, connection))
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .contains("the lag of the connected replicas (1) can't be read: role " + role)
                            .endsWith(grant));
            assertThat(hindrance(byBytes, connection))
                    .contains("throttle replicaLag=1h,1MB: role " + role)
                    .endsWith(grant);

            database.execute(grant);
            assertThat(look(watch, connection)).isEmpty();
            assertThat(hindrance(byBytes, connection)).isEmpty();
        }
    }

    @Test
    void takesNoSubscriberForAReplica() throws SQLException {
        var watch = watch(byBytes);
        database.execute("CREATE PUBLICATION everything FOR ALL TABLES");
        String slot = "subscriber_" + database.name();
        LogSequenceNumber begin = LogSequenceNumber.valueOf(database.<String>value(
                "SELECT lsn::text FROM pg_create_logical_replication_slot(?, 'pgoutput')", slot));
        try (Connection connection = walSender()) {
            PGReplicationStream stream = connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "everything")
                    .start();
            stream.setAppliedLSN(begin);
            stream.setFlushedLSN(begin);
            stream.forceUpdateStatus();
            writeWal(3 * MEGABYTE);
            replica.awaitCaughtUp();

            assertThat(database.<Long>value("SELECT count(*) FROM pg_stat_replication"))
                    .isEqualTo(2);
            assertThat(look(watch)).isEmpty();
            stream.close();
        } finally {
            dropSlot(slot);
        }
    }

    private void dropSlot(String slot) throws SQLException {
        await(
                "the slot is not in use",
                () -> !database.<Boolean>value("SELECT active FROM pg_replication_slots WHERE slot_name = ?", slot));
        database.execute("SELECT pg_drop_replication_slot('" + slot + "')", "DROP PUBLICATION everything");
    }

    private Connection walSender() throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, database.user());
        PGProperty.PASSWORD.set(properties, database.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        return DriverManager.getConnection(database.url(), properties);
    }
}
