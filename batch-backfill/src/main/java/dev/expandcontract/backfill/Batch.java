package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One batch, in one transaction.
 *
 * <ol>
 *   <li>The job's row is locked: whoever else works on the job waits, and sees our frontier when he goes on.
 *   <li>The end of the range is read from the index, some rows after the frontier.
 *   <li>The rows of the range are changed.
 *   <li>The frontier moves to the end of the range, and everything is committed together.
 * </ol>
 *
 * So a row is changed exactly once, wherever the process is killed.
 */
final class Batch {
    private final BackfillJob job;
    private final Jobs jobs;
    private final Key key;
    private final Timing timing;
    private final Rate rate;
    private @Nullable KeyRange range;
    private long updateBegan;

    Batch(BackfillJob job, Jobs jobs, Key key, Timing timing) {
        this.job = job;
        this.jobs = jobs;
        this.key = key;
        this.timing = timing;
        this.rate = new Rate(timing);
    }

    /** @param rowsPassed 0 where somebody else had finished the job before */
    record Done(JobRow job, long rowsChanged, long rowsPassed) {}

    Done run(Connection connection, int size) throws SQLException {
        range = null;
        Done done = Transactions.write(connection, settingsToBegin(), c -> inTransaction(c, size));
        rate.passed(done.rowsPassed());
        return done;
    }

    /** The range that was tried last; null if it was not known yet. */
    @Nullable
    KeyRange range() {
        return range;
    }

    /** Whether the server cancelled the batch because it took too long, not because a person did. */
    boolean timedOut(SQLException error) {
        return range != null
                && SqlState.QUERY_CANCELED.matches(error)
                && timing.since(updateBegan).compareTo(job.options().batchTimeout()) >= 0;
    }

    private Done inTransaction(Connection connection, int size) throws SQLException {
        JobRow row = lockedRow(connection);
        if (row.isFinished()) {
            return new Done(row, 0, 0);
        }
        List<String> end = rangeEnd(connection, row, size);
        boolean full = !end.isEmpty();
        KeyRange next = new KeyRange(key, row.status().frontier(), full ? end : row.upperBound());
        range = next;
        Transactions.execute(connection, settingsToUpdate());
        updateBegan = timing.nanos();
        long changed = update(connection, next);
        long passed = full ? size : Math.max(1, changed);
        boolean last = next.upTo().equals(row.upperBound());
        var progress = new Progress(next.upTo(), last, changed, passed, rate.with(passed), size);
        JobRow after = jobs.advance(connection, row, progress)
                .orElseThrow(() -> new BackfillStopped("somebody else moved the frontier while its row was locked"));
        return new Done(after, changed, passed);
    }

    private JobRow lockedRow(Connection connection) throws SQLException {
        return jobs.lock(connection, job.name())
                .filter(row -> row.fingerprint().equals(job.fingerprint()))
                .orElseThrow(() -> new BackfillStopped("its row in the state table was deleted or replaced"));
    }

    /** The key of the row that is {@code size} rows further; empty if there are fewer up to the upper bound. */
    private List<String> rangeEnd(Connection connection, JobRow row, int size) throws SQLException {
        Identifier table = job.table().name();
        KeyRange rest = new KeyRange(key, row.status().frontier(), row.upperBound());
        String sql =
                "SELECT " + key.valuesAsText(table) + " FROM " + job.table().sql() + " WHERE " + rest.predicate(table)
                        + " ORDER BY " + key.order(table, "") + " OFFSET ? LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int next = bind(statement, rest);
            statement.setInt(next, size - 1);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? TableFacts.keyValues(found, key) : List.of();
            }
        }
    }

    private long update(Connection connection, KeyRange rows) throws SQLException {
        String condition = job.condition() == null
                ? ""
                : "(\n" + new AuthorSql(job.condition()).forPreparedStatement() + "\n) AND ";
        String sql = "UPDATE " + job.table().sql() + " SET\n" + new AuthorSql(job.set()).forPreparedStatement()
                + "\nWHERE " + condition + rows.predicate(job.table().name());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, rows);
            return statement.executeLargeUpdate();
        }
    }

    /** Says which parameter comes next. */
    static int bind(PreparedStatement statement, KeyRange range) throws SQLException {
        int parameter = 1;
        for (String value : range.values()) {
            statement.setString(parameter++, value);
        }
        return parameter;
    }

    /**
     * Waiting for the job's row harms nobody but another runner of the same job. Without statistics the planner would sort
     * all that is left of the table to find the end of one range, so it may not sort; a plan is made for the range at hand,
     * and without a compiler that may take longer than the batch.
     */
    private String settingsToBegin() {
        return Key.SETTINGS + "; " + Transactions.waitingUpTo(job.options().batchTimeout())
                + "; SET LOCAL enable_sort = off"
                + "; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off";
    }

    /** Statistics that are missing, old or too coarse for a range of several columns must not end in a scan per batch. */
    private String settingsToUpdate() {
        return "SET LOCAL enable_sort = DEFAULT; SET LOCAL enable_seqscan = off; SET LOCAL lock_timeout = "
                + millis(job.options().lockTimeout()) + "; SET LOCAL statement_timeout = "
                + millis(job.options().batchTimeout());
    }

    private static long millis(Duration time) {
        return Math.max(1, time.toMillis());
    }
}
