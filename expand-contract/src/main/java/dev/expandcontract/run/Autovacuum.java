package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Lock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * Makes an autovacuum give way. It does so once somebody has waited behind it for {@code deadlock_timeout}; our tries
 * end before that. So we wait for that long with a lock that conflicts with vacuum only: no reader or writer queues
 * behind it. A vacuum that prevents wraparound does not yield.
 */
final class Autovacuum {
    private static final Duration GRACE = Duration.ofMillis(500);

    private Autovacuum() {}

    static void askToYield(Connection connection, List<Lock> locks, List<Blocker> blockers) throws SQLException {
        if (blockers.stream().noneMatch(Sessions::isAutovacuum)) {
            return;
        }
        boolean isLentInTransaction = !connection.getAutoCommit();
        if (!isLentInTransaction) {
            connection.setAutoCommit(false);
        }
        Savepoint before = connection.setSavepoint();
        queueBehind(connection, locks);
        connection.rollback(before);
        if (!isLentInTransaction) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** A courtesy: whatever keeps us from it, the next try goes on. */
    private static void queueBehind(Connection connection, List<Lock> locks) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long patience = Sessions.deadlockTimeout(connection).plus(GRACE).toMillis();
            statement.execute("SET LOCAL lock_timeout = " + patience);
            for (Lock lock : locks) {
                statement.execute("LOCK TABLE ONLY " + lock.table().sql() + " IN SHARE UPDATE EXCLUSIVE MODE");
            }
        } catch (SQLException e) {
            if (connection.isClosed()) {
                throw e;
            }
        }
    }
}
