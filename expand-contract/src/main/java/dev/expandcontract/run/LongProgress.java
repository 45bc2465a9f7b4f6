package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;

/** Tells how far a long statement is and whom it waits for: when that changes, and every 10 s. */
final class LongProgress implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int LOOKS_BETWEEN = 20;
    private static final String INDEX_BUILD = """
            SELECT phase, current_locker_pid, blocks_done, blocks_total, tuples_done, tuples_total
            FROM pg_stat_progress_create_index WHERE pid = ?
            """;

    private final Step step;
    private final int pid;
    private final RunListener listener;
    private final Future<?> looks;
    private volatile boolean isOver;
    /** These two are touched by the observer's thread only. */
    private String lastKind = "";

    private int silence;

    private LongProgress(Step step, int pid, Observer observer, RunListener listener) {
        this.step = step;
        this.pid = pid;
        this.listener = listener;
        this.looks = observer.every(LOOK, this::look);
    }

    static LongProgress watch(Step step, Connection connection, Observer observer, RunListener listener)
            throws SQLException {
        if (step.action().sql().contains(" CONCURRENTLY ")) {
            for (Blocker holder : Sessions.snapshotHolders(connection)) {
                listener.warning(step.description() + " will wait for the older snapshot of " + holder);
            }
        }
        return new LongProgress(step, Sessions.pid(connection), observer, listener);
    }

    @Override
    public void close() {
        isOver = true;
        looks.cancel(false);
    }

    private void look(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INDEX_BUILD)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    String phase = row.getString("phase");
                    int locker = row.getInt("current_locker_pid");
                    tell(phase + locker, phase + amount(phase, row) + who(Sessions.of(connection, locker)));
                    return;
                }
            }
        }
        List<Blocker> blockers = Sessions.blockersOf(connection, pid);
        tell("running" + blockers.stream().map(Blocker::pid).toList(), "running" + who(blockers));
    }

    private void tell(String kind, String text) {
        silence++;
        boolean isNew = !kind.equals(lastKind) && !(lastKind.isEmpty() && kind.equals("running[]"));
        if (isOver) {
            return;
        }
        if (isNew || silence >= LOOKS_BETWEEN) {
            listener.progress(step.description() + ": " + text);
            silence = 0;
        }
        lastKind = kind;
    }

    /** PostgreSQL leaves the amounts of an earlier phase standing in those that count nothing or something else. */
    private static String amount(String phase, ResultSet row) throws SQLException {
        String unit = phase.contains("scanning") || phase.equals("building index")
                ? "blocks"
                : phase.contains("tuples") ? "tuples" : null;
        long total = unit == null ? 0 : row.getLong(unit + "_total");
        return total == 0
                ? ""
                : String.format(
                        Locale.ROOT, ", %d %% of %,d %s", 100 * row.getLong(unit + "_done") / total, total, unit);
    }

    private static String who(List<Blocker> blockers) {
        return blockers.isEmpty()
                ? ""
                : ", waiting for "
                        + String.join(
                                "; ", blockers.stream().map(Blocker::toString).toList());
    }
}
