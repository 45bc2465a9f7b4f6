package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All the throttles of a run, as one worker asks them: each at most once in a second, the answer kept in between. A signal
 * that can't be read is a reason to wait. On another server, or one that was started anew, all watches begin anew. Not safe for use by several threads.
 */
public final class Throttling {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final List<Watched> watched;
    private final LongSupplier nanos;
    private @Nullable String server;
    private Optional<String> reason = Optional.empty();
    private long asked;
    private long noted;

    private static final class Watched {
        private final Throttle throttle;
        private final Supplier<Throttle.Watch> another;
        private Throttle.Watch watch;
        /** Why the look before the commit failed; told once, since only another batch can bring another look. */
        private Optional<String> missed = Optional.empty();

        Watched(Throttle throttle, Supplier<Throttle.Watch> another) {
            this.throttle = throttle;
            this.another = another;
            this.watch = another.get();
        }

        void beginAnew() {
            watch = another.get();
            missed = Optional.empty();
        }
    }

    /** @param nanos a time that only grows, as {@link System#nanoTime()} */
    public Throttling(List<Throttle> throttles, Target target, LongSupplier nanos) {
        this.watched = throttles.stream()
                .map(throttle -> new Watched(throttle, () -> throttle.watch(target, nanos)))
                .toList();
        this.nanos = nanos;
        this.asked = nanos.getAsLong() - LOOK_EVERY.toNanos();
        this.noted = asked;
    }

    /**
     * Why the next batch should wait: the reasons of all throttles; empty if it may begin.
     *
     * @param connection in a read-only transaction that holds nothing else, and that is as it was afterwards
     * @throws SQLException if the connection itself is of no use any more
     */
    public Optional<String> reasonToWait(Connection connection) throws SQLException {
        long now = nanos.getAsLong();
        if (now - asked >= LOOK_EVERY.toNanos()) {
            reason = ask(connection);
            asked = now;
        }
        return reason;
    }

    /**
     * To be called in every batch's transaction when its rows are written: some signals can be seen only there. Takes one
     * look in a second, and leaves the transaction as it was.
     *
     * @throws SQLException if the connection itself is of no use any more
     */
    public void beforeCommit(Connection connection) throws SQLException {
        long now = nanos.getAsLong();
        if (now - noted < LOOK_EVERY.toNanos()) {
            return;
        }
        for (Watched each : watched) {
            each.missed = Signal.read(connection, each.throttle, c -> {
                each.watch.beforeCommit(c);
                return Optional.empty();
            });
        }
        noted = now;
    }

    private Optional<String> ask(Connection connection) throws SQLException {
        String before = server;
        server = server(connection);
        if (before != null && !before.equals(server)) {
            watched.forEach(Watched::beginAnew);
        }
        List<String> reasons = new ArrayList<>();
        for (Watched each : watched) {
            Optional<String> missed = each.missed;
            each.missed = Optional.empty();
            Signal.read(connection, each.throttle, each.watch::reasonToWait)
                    .or(() -> missed)
                    .ifPresent(reasons::add);
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    /** After a failover it is another: the replicas and slots of the one before say nothing of it. */
    private static String server(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())")) {
            row.next();
            return row.getString(1);
        }
    }
}
