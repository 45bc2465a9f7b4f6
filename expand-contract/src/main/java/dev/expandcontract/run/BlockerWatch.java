package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Lock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;

/** Notes who blocks a try, while it waits. */
final class BlockerWatch implements AutoCloseable {
    private volatile List<Blocker> seen = List.of();
    private volatile boolean isOver;
    private final Future<?> look;

    private BlockerWatch(Observer observer, int pid, Duration lockTimeout) {
        look = observer.after(lockTimeout.dividedBy(2), connection -> {
            List<Blocker> blockers = Sessions.blockersOf(connection, pid);
            if (!isOver) {
                seen = blockers;
            }
        });
    }

    static BlockerWatch start(Observer observer, Connection waiting, Duration lockTimeout) throws SQLException {
        return new BlockerWatch(observer, Sessions.pid(waiting), lockTimeout);
    }

    /** Who was seen; else, who holds a conflicting lock now. */
    List<Blocker> blockersOr(Connection connection, List<Lock> locks) throws SQLException {
        isOver = true;
        List<Blocker> blockers = seen;
        return blockers.isEmpty() ? Sessions.holders(connection, locks, Duration.ZERO) : blockers;
    }

    @Override
    public void close() {
        look.cancel(false);
    }
}
