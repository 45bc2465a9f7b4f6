package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits for five seconds after a batch that more than so many sessions had to wait for. Between batches nobody waits for
 * us, so the sessions are counted in the batch's own transaction, just before it commits: those that stand behind one of
 * its locks, directly or behind others that do. Every worker counts for itself, so that it is right behind a pooler and
 * beside workers in other processes.
 *
 * @param sessions 0 or more
 */
public record BlockedSessionsThrottle(int sessions) implements Throttle {
    static final String NAME = "blockedSessions";

    public BlockedSessionsThrottle {
        Requirements.of(NAME)
                .that(sessions >= 0, "its number of sessions must be 0 or more: " + sessions)
                .check();
    }

    static BlockedSessionsThrottle parse(String value) {
        return new BlockedSessionsThrottle(Whole.parse(value));
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return new BlockedSessionsWatch(sessions, target, nanos);
    }

    /** Everybody may see who waits for a lock; without {@code pg_read_all_stats} only the names are missing. */
    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        BlockedSessionsWatch.blocked(connection, target);
        return Optional.empty();
    }

    @Override
    public String toString() {
        return NAME + "=" + sessions;
    }
}
