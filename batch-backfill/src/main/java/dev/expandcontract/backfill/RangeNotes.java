package dev.expandcontract.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What a worker notes of a range that it holds.
 *
 * @param worker of one run
 * @param lease how long what is left of a range stays its own
 */
record RangeNotes(RangeTable table, String worker, Duration lease) {
    private static final String DONE = """
            UPDATE %s SET state = 'done', batches = batches + 1,
              rows_passed = rows_passed + CASE rows_asked WHEN 0 THEN greatest(1, ?, ?) ELSE rows_asked END,
              rows_changed = rows_changed + ?, rows_remaining = rows_remaining + ?
            WHERE id = ?
            """;

    /** Without a row of its own for each batch: a session with an old snapshot keeps all that were ever there. */
    private static final String DONE_UP_TO = """
            UPDATE %s SET after = ?, rows_asked = CASE rows_asked WHEN 0 THEN 0 ELSE greatest(1, rows_asked - ?) END,
              batches = batches + 1, rows_passed = rows_passed + ?, rows_changed = rows_changed + ?,
              rows_remaining = rows_remaining + ?, due_at = clock_timestamp() + ? * interval '1 ms', tries = 0,
              locked_since = NULL
            WHERE id = ?
            RETURNING\s""" + RangeTable.CLAIM;

    private static final String GIVE_BACK = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp() WHERE id = ? AND worker = ? AND state = 'claimed'
            """;

    private static final String WAIT = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp() + ? * interval '1 ms', tries = tries + 1,
              locked_since = coalesce(locked_since, clock_timestamp())
            WHERE id = ? AND worker = ? AND state = 'claimed'
            """;

    /** What was done of it before stands by itself. */
    private static final String FAIL = """
            WITH done AS (INSERT INTO %1$s (job, part, part_file, after, up_to, rows_asked, state, worker, due_at, batches,
                rows_passed, rows_changed, rows_remaining)
              SELECT job, part, part_file, after, up_to, rows_asked, 'done', worker, due_at, batches, rows_passed,
                rows_changed, rows_remaining
              FROM %1$s WHERE id = ? AND batches > 0)
            UPDATE %1$s SET state = 'failed', failed_row = ?, error = ?, batches = 0, rows_passed = 0, rows_changed = 0,
              rows_remaining = 0
            WHERE id = ?
            """;

    /** @param knownRows how many rows it is known to have, at least */
    void done(Connection connection, Claim claim, BatchStatement.Changed changed, long knownRows) throws SQLException {
        table.update(
                connection,
                DONE,
                p -> p.number(knownRows)
                        .number(changed.rows())
                        .number(changed.rows())
                        .number(changed.remaining())
                        .number(claim.id()));
    }

    /** The rows up to a position are done; what is left of the range stays claimed. */
    Claim doneUpTo(Connection connection, Batches batches, BatchStatement.Changed changed) throws SQLException {
        return table.claim(
                        connection,
                        DONE_UP_TO,
                        p -> p.texts(batches.end())
                                .number(batches.rows())
                                .number(batches.rows())
                                .number(changed.rows())
                                .number(changed.remaining())
                                .number(lease.toMillis())
                                .number(batches.claim().id()))
                .orElseThrow();
    }

    /** For anybody, at once. */
    int giveBack(Connection connection, Claim claim) throws SQLException {
        return table.update(connection, GIVE_BACK, p -> p.number(claim.id()).text(worker));
    }

    /** For anybody, after a pause. */
    int waitFor(Connection connection, Claim claim, Duration pause) throws SQLException {
        return table.update(
                connection,
                WAIT,
                p -> p.number(pause.toMillis()).number(claim.id()).text(worker));
    }

    /** @param row its position */
    void fail(Connection connection, Claim claim, List<String> row, String error) throws SQLException {
        table.update(
                connection,
                FAIL,
                p -> p.number(claim.id()).texts(row).text(error).number(claim.id()));
    }
}
