package dev.expandcontract.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A physical streaming replica of {@link PostgresServer#running()}, with all its databases, that reads over a replication
 * slot of its own. It is made from the data directory of its primary, which only the embedded server shows: on another
 * one the test that asks for a replica is aborted, with the reason.
 */
public final class StreamingReplica implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerAddress primary;
    private final String name;
    private final Path data;
    private @Nullable EmbeddedPostgres server;

    private StreamingReplica(ServerAddress primary, String name) throws IOException {
        this.primary = primary;
        this.name = name;
        this.data = Files.createTempDirectory(ServerDirectories.data(), "data-");
    }

    /** Copies the server and returns when the copy streams from it. */
    public static StreamingReplica start() {
        String kind = System.getProperty("postgres", "embedded");
        Assumptions.assumeTrue(
                kind.equals("embedded"),
                "a replica is made from the data directory of the embedded server, and this run has another: -Dpostgres="
                        + kind.replaceAll("[/?].*", "…"));
        PostgresServer server = PostgresServer.running();
        try {
            return new StreamingReplica(server.address(), server.uniqueName("replica")).started();
        } catch (IOException e) {
            throw new IllegalStateException("There is no directory for the replica: " + e, e);
        }
    }

    private StreamingReplica started() {
        try {
            onPrimary("SELECT pg_create_physical_replication_slot('%s', true)::text");
            ReplicaDirectory.fill(data, primary, name);
            restart();
            return this;
        } catch (IOException | SQLException | RuntimeException e) {
            try (this) {
                throw new IllegalStateException("The replica did not start: " + e.getMessage(), e);
            }
        }
    }

    /** Its {@code application_name} in {@code pg_stat_replication}, and its slot in {@code pg_replication_slots}. */
    public String name() {
        return name;
    }

    /** Of the copy of that database; without user and password. */
    public String url(TestDatabase database) {
        return here().url(database.name());
    }

    /** To the copy of that database. */
    public Connection connect(TestDatabase database) throws SQLException {
        return DriverManager.getConnection(url(database), database.user(), database.password());
    }

    /** It goes on receiving what the primary writes, and shows none of it. */
    public void pauseReplay() {
        value(here(), "SELECT pg_wal_replay_pause()::text");
        await("replay is paused", () -> isTrue(here(), "SELECT pg_get_wal_replay_pause_state() = 'paused'"));
    }

    public void resumeReplay() {
        value(here(), "SELECT pg_wal_replay_resume()::text");
    }

    /** Until it shows all that was committed on the primary before the call, and the primary knows of it. */
    public void awaitCaughtUp() {
        onPrimary("SELECT pg_logical_emit_message(true, 'awaited', '')::text");
        Object flushed = onPrimary("SELECT pg_current_wal_flush_lsn()::text");
        await(
                "it has replayed the WAL up to " + flushed,
                () -> isStreamingAnd("replay_lsn >= '" + flushed + "'::pg_lsn"));
    }

    /** As when its machine is down; the primary keeps its WAL for it. */
    public void stop() {
        try {
            running().close();
            server = null;
        } catch (IOException e) {
            throw new IllegalStateException("The replica did not stop", e);
        }
        await("the primary has noticed that it is gone", () -> !isStreamingAnd("true"));
    }

    /** After {@link #stop}: returns when it streams again. */
    public void restart() {
        server = EmbeddedServer.start(data, false);
        await("it streams", () -> isStreamingAnd("state = 'streaming' AND replay_lsn IS NOT NULL"));
    }

    /** Makes it a primary of its own, which no longer follows. */
    public void promote() {
        value(here(), "SELECT pg_promote()");
        await("it is promoted", () -> isTrue(here(), "SELECT NOT pg_is_in_recovery()"));
    }

    private boolean isStreamingAnd(String condition) {
        return isTrue(
                primary,
                "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE application_name = '%s' AND %s)"
                        .formatted(name, condition));
    }

    private EmbeddedPostgres running() {
        if (server == null) {
            throw new IllegalStateException("The replica is stopped");
        }
        return server;
    }

    private ServerAddress here() {
        return EmbeddedServer.address(running());
    }

    private Object onPrimary(String sql) {
        return value(primary, sql.formatted(name));
    }

    private static boolean isTrue(ServerAddress server, String sql) {
        return value(server, sql).equals(true);
    }

    /** What it writes is flushed, whatever the server's setting: a replica gets nothing that is not. */
    private static Object value(ServerAddress server, String sql) {
        try (Connection connection = server.administrator()) {
            Sql.execute(connection, "SET synchronous_commit = local");
            return Objects.requireNonNull(Sql.rows(connection, sql).get(0).get(0), sql);
        } catch (SQLException e) {
            throw new StatementFailed(sql, e);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException("Waited %d s in vain until %s".formatted(PATIENCE.toSeconds(), what));
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Stops it, and leaves nothing of it, on the primary either. */
    @Override
    public void close() {
        try {
            if (server != null) {
                server.close();
                server = null;
            }
            ReplicaDirectory.delete(data);
        } catch (IOException e) {
            throw new IllegalStateException("What is left of the replica is in " + data, e);
        } finally {
            await(
                    "its slot is not in use",
                    () -> onPrimary("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s' AND active")
                            .equals(0L));
            onPrimary("SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
                    + " WHERE slot_name = '%s'");
        }
    }
}
