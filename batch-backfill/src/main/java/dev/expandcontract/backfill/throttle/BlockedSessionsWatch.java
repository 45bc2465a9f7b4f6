package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Who waited for the last batch that was looked at. */
final class BlockedSessionsWatch implements Throttle.Watch {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int NAMED = 3;

    /** A row's second waiter stands behind its first, not behind us: hence the recursion. */
    private static final String BLOCKED = """
            WITH RECURSIVE waiting AS MATERIALIZED (
                SELECT w.pid, pg_blocking_pids(w.pid) AS blockers
                FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted AND pid <> pg_backend_pid()) w),
            behind_us AS (
                SELECT pid FROM waiting WHERE pg_backend_pid() = ANY (blockers)
                UNION
                SELECT w.pid FROM waiting w JOIN behind_us b ON b.pid = ANY (w.blockers))
            SELECT 'pid ' || pid || coalesce(' (' || nullif(a.application_name, '') || ')', '')
            FROM behind_us LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)
            WHERE pid <> ALL (?)
            ORDER BY pid
            """;

    private final int limit;
    private final Target target;
    private final LongSupplier nanos;
    private List<String> blocked = List.of();
    private long lookedAt;

    BlockedSessionsWatch(int limit, Target target, LongSupplier nanos) {
        this.limit = limit;
        this.target = target;
        this.nanos = nanos;
    }

    @Override
    public void beforeCommit(Connection connection) throws SQLException {
        blocked = blocked(connection, target);
        lookedAt = nanos.getAsLong();
    }

    @Override
    public Optional<String> reasonToWait(Connection connection) {
        Duration left = PAUSE.minusNanos(nanos.getAsLong() - lookedAt);
        if (blocked.size() <= limit || left.isNegative() || left.isZero()) {
            return Optional.empty();
        }
        return Optional.of("%d %s waited for rows of %s that the last batch held (limit %d): %s%s; the next comes in %s"
                .formatted(
                        blocked.size(),
                        blocked.size() == 1 ? "session" : "sessions",
                        target.table(),
                        limit,
                        String.join(", ", blocked.subList(0, Math.min(NAMED, blocked.size()))),
                        blocked.size() > NAMED ? " and others" : "",
                        DurationText.wholeSeconds(left.plusMillis(999))));
    }

    static List<String> blocked(Connection connection, Target target) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BLOCKED)) {
            statement.setArray(
                    1, connection.createArrayOf("int4", target.workers().get().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                List<String> sessions = new ArrayList<>();
                while (row.next()) {
                    sessions.add(row.getString(1));
                }
                return sessions;
            }
        }
    }
}
