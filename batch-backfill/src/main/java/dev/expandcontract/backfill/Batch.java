package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttling;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * One range, in one transaction.
 *
 * <ol>
 *   <li>The range is locked, if it is still ours: nobody else takes it while we are at it.
 *   <li>Its rows are changed.
 *   <li>It is marked as done, and everything is committed together.
 * </ol>
 *
 * So a row is changed exactly once, wherever the process is killed.
 */
final class Batch {
    private final BackfillJob job;
    private final Ranges ranges;
    private final Layout layout;
    private final Throttling throttling;
    private final Timing timing;
    private long updateBegan;

    Batch(BackfillJob job, Ranges ranges, Layout layout, Throttling throttling, Timing timing) {
        this.job = job;
        this.ranges = ranges;
        this.layout = layout;
        this.throttling = throttling;
        this.timing = timing;
    }

    /** Empty where the range is no longer ours, or no longer what it was. */
    Optional<BatchStatement.Changed> run(Connection connection, JobRow row, Claim claim) throws SQLException {
        updateBegan = timing.nanos();
        return Transactions.write(connection, settings(), c -> inTransaction(c, row, claim));
    }

    /** Whether the server cancelled the batch because it took too long, not because a person did. */
    boolean timedOut(SQLException error) {
        return SqlState.QUERY_CANCELED.matches(error)
                && timing.since(updateBegan).compareTo(job.options().batchTimeout()) >= 0;
    }

    Range range(Claim claim) {
        return layout.axis().range(claim.after(), claim.upTo());
    }

    private Optional<BatchStatement.Changed> inTransaction(Connection connection, JobRow row, Claim claim)
            throws SQLException {
        if (!ranges.isHeld(connection, claim)) {
            return Optional.empty();
        }
        Optional<Part> part = lockedPart(connection, claim);
        if (part.isEmpty()) {
            ranges.giveBack(connection, claim);
            return Optional.empty();
        }
        updateBegan = timing.nanos();
        boolean isVerifying = row.position().phase() == BackfillPhase.VERIFY;
        boolean skipsFailed = row.position().pass() > 1 && row.status().rowsFailed() > 0;
        var statement = new BatchStatement(job, layout.axis(), ranges.table(), isVerifying, skipsFailed);
        BatchStatement.Changed changed = statement.run(connection, part.get(), range(claim));
        requireOnce(changed, isVerifying);
        throttling.beforeCommit(connection);
        ranges.done(connection, claim, changed.rows(), changed.remaining());
        return Optional.of(changed);
    }

    /**
     * In block order the table may not be written anew while we are at it, nor may it have been. A statement that reads
     * nothing keeps it so; LOCK TABLE would want rights to all of its columns.
     */
    private Optional<Part> lockedPart(Connection connection, Claim claim) throws SQLException {
        Optional<Part> part = layout.part(connection, claim.part());
        if (part.isEmpty() || layout.axis().kind() == AxisKind.KEY) {
            return part;
        }
        Transactions.execute(connection, "SELECT FROM ONLY " + part.get().name().sql() + " WHERE false");
        return layout.part(connection, claim.part()).filter(now -> layout.isSameFile(now, claim.file()));
    }

    /** In block order a row that was changed may lie ahead, where it is met again. */
    private void requireOnce(BatchStatement.Changed changed, boolean isVerifying) {
        boolean again = changed.remaining() > 0 && !isVerifying && !layout.isRepeatable();
        if (again && layout.axis().kind() == AxisKind.BLOCK) {
            throw new BackfillStopped(
                    ("the condition still holds for %d rows after their change, so that in block order they could be changed"
                                    + " a second time. Let the condition exclude rows that are done, or use the key axis")
                            .formatted(changed.remaining()));
        }
    }

    /**
     * Statistics that are missing, old or too coarse for a range of several columns must not end in a scan per batch. A
     * worker that hangs lets its rows go after a while.
     */
    private String settings() {
        return Key.SETTINGS + "; SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_custom_plan"
                + "; SET LOCAL jit = off; SET LOCAL lock_timeout = "
                + millis(job.options().lockTimeout()) + "; SET LOCAL statement_timeout = "
                + millis(job.options().batchTimeout()) + "; SET LOCAL idle_in_transaction_session_timeout = "
                + millis(job.options().batchTimeout());
    }

    private static long millis(Duration time) {
        return Math.max(1, time.toMillis());
    }
}
