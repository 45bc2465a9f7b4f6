package dev.expandcontract.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The budget of all backfills of a database together: so many advisory locks, of which each batch holds one until it
 * commits. Whoever is killed lets go of it; nobody has to count. One worker's view of it.
 */
final class Slots {
    /** Of the two numbers of an advisory lock the first: "xcbf". */
    private static final int KIND = 0x78636266;

    private static final Duration LOOK_EVERY = Duration.ofMillis(3);

    /** After that its worker looks whether the job is still wanted. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private static final String TAKE =
            "SELECT FROM generate_series(1, ?) AS slot WHERE pg_catalog.pg_try_advisory_xact_lock(?, slot) LIMIT 1";

    private final @Nullable Integer most;
    private final Timing timing;
    private final Consumer<String> listener;
    private boolean isShort;

    /**
     * @param most null for no limit
     * @param listener hears why a batch waits
     */
    Slots(@Nullable Integer most, Timing timing, Consumer<String> listener) {
        this.most = most;
        this.timing = timing;
        this.listener = listener;
    }

    Timing timing() {
        return timing;
    }

    /** In a transaction that has neither read nor locked anything; false if there was none for a second. */
    boolean take(Connection connection) throws SQLException {
        Optional<String> reason = awaitOne(connection);
        reason.ifPresent(listener);
        return reason.isEmpty();
    }

    /**
     * Where a batch got none: why the next should not try yet. Waits up to a second for one, which is free again when the
     * transaction ends.
     */
    Optional<String> reasonToWait(Connection connection) throws SQLException {
        return isShort ? awaitOne(connection) : Optional.empty();
    }

    private Optional<String> awaitOne(Connection connection) throws SQLException {
        isShort = most != null && !isTakenInTime(connection, most);
        return isShort
                ? Optional.of("the %d batches that may be at work at once (maxConcurrentBatches) are of others"
                        .formatted(most))
                : Optional.empty();
    }

    private boolean isTakenInTime(Connection connection, int slots) throws SQLException {
        long began = timing.nanos();
        while (!isTaken(connection, slots)) {
            if (timing.since(began).compareTo(LONGEST) >= 0) {
                return false;
            }
            try {
                timing.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private static boolean isTaken(Connection connection, int slots) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setInt(1, slots);
            statement.setInt(2, KIND);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
