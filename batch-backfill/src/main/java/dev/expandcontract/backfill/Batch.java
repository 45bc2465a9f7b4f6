package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttling;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The next rows of a range, in one transaction.
 *
 * <ol>
 *   <li>Where all backfills of the database have a budget, a share of it is taken.
 *   <li>The range is locked, if it is still ours: nobody else takes it while we are at it.
 *   <li>The rows are changed.
 *   <li>That they are done is noted, and everything is committed together.
 * </ol>
 *
 * So a row is changed exactly once, wherever the process is killed. A server that crashes may lose the last batches, rows
 * and notes alike, and does them again: so no commit waits for the disk, or for a synchronous standby.
 */
final class Batch {
    private final BackfillJob job;
    private final Ranges ranges;
    private final RangeNotes notes;
    private final Layout layout;
    private final Throttling throttling;
    private final Slots slots;
    private final Timing timing;
    private final LocalSettings settings;
    private long workBegan;
    private long updateBegan;

    Batch(BackfillJob job, Ranges ranges, Layout layout, Throttling throttling, Slots slots) {
        this.job = job;
        this.ranges = ranges;
        this.notes = ranges.notes();
        this.layout = layout;
        this.throttling = throttling;
        this.slots = slots;
        this.timing = slots.timing();
        this.settings = settings(job.options());
    }

    /**
     * @param rowsAsked what the batch was to have; 0 where a look was enough
     * @param rest what is left of the range; empty where it was the last batch
     */
    record Done(long rows, long rowsAsked, Optional<Batches> rest) {}

    /** Empty where the range is no longer ours, or no longer what it was. */
    Optional<Done> run(Connection connection, JobRow row, Batches batches) throws SQLException {
        workBegan = timing.nanos();
        updateBegan = workBegan;
        return Transactions.write(connection, settings, c -> inTransaction(c, row, batches));
    }

    /** Leaves what comes after the next batch to others. */
    Claim cut(Connection connection, Batches batches) throws SQLException {
        Claim claim = batches.claim();
        return batches.isLast()
                ? claim
                : Transactions.write(
                        connection,
                        settings,
                        c -> ranges.isHeld(c, claim) ? ranges.cut(c, claim, batches.end(), batches.rows()) : claim);
    }

    /** For anybody, at once. */
    void giveBack(Connection connection, Claim claim) throws SQLException {
        Transactions.write(connection, settings, c -> notes.giveBack(c, claim));
    }

    /** For anybody, after a pause. */
    void waitFor(Connection connection, Claim claim, Duration pause) throws SQLException {
        Transactions.write(connection, settings, c -> notes.waitFor(c, claim, pause));
    }

    /** How long the last one took to change its rows. */
    Duration took() {
        return timing.since(updateBegan);
    }

    /** How long it has worked, without waiting for its turn. */
    Duration worked() {
        return timing.since(workBegan);
    }

    /** Whether the server cancelled the batch because it took too long, not because a person did. */
    boolean timedOut(SQLException error) {
        return SqlState.QUERY_CANCELED.matches(error)
                && timing.since(updateBegan).compareTo(job.options().batchTimeout()) >= 0;
    }

    Range range(Batches batches) {
        return layout.axis().range(batches.claim().after(), batches.end());
    }

    private Optional<Done> inTransaction(Connection connection, JobRow row, Batches batches) throws SQLException {
        Claim claim = batches.claim();
        if (!slots.take(connection)) {
            notes.giveBack(connection, claim);
            return Optional.empty();
        }
        if (!ranges.isHeld(connection, claim)) {
            return Optional.empty();
        }
        Optional<Part> part = lockedPart(connection, claim);
        if (part.isEmpty()) {
            notes.giveBack(connection, claim);
            return Optional.empty();
        }
        workBegan = timing.nanos();
        updateBegan = workBegan;
        boolean isVerifying = row.position().phase() == BackfillPhase.VERIFY;
        boolean skipsFailed = row.position().pass() > 1 && row.status().rowsFailed() > 0;
        var statement = new BatchStatement(job, layout.axis(), ranges.table(), isVerifying, skipsFailed);
        boolean isWorthALook = batches.isNew() && !batches.isLast();
        if (isWorthALook && !statement.findsRows(connection, part.get(), range(Batches.one(claim)))) {
            notes.done(connection, claim, BatchStatement.Changed.NOTHING, batches.knownRows());
            return Optional.of(new Done(0, 0, Optional.empty()));
        }
        updateBegan = timing.nanos();
        BatchStatement.Changed changed = statement.run(connection, part.get(), range(batches));
        requireOnce(changed, isVerifying);
        throttling.beforeCommit(connection);
        return Optional.of(new Done(changed.rows(), batches.rowsAsked(), noted(connection, batches, changed)));
    }

    private Optional<Batches> noted(Connection connection, Batches batches, BatchStatement.Changed changed)
            throws SQLException {
        if (batches.isLast()) {
            notes.done(connection, batches.claim(), changed, 0);
            return Optional.empty();
        }
        return Optional.of(batches.afterFirst(notes.doneUpTo(connection, batches, changed)));
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
    private static LocalSettings settings(BackfillOptions options) {
        return Key.SETTINGS
                .with("synchronous_commit", "off")
                .with("enable_seqscan", "off")
                .with("plan_cache_mode", "force_custom_plan")
                .with("jit", "off")
                .with("lock_timeout", options.lockTimeout())
                .with("statement_timeout", options.batchTimeout())
                .with("idle_in_transaction_session_timeout", options.batchTimeout());
    }
}
