package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The rows of the table of ranges. A worker may change a range only while it holds it: {@link #isHeld}. */
final class Ranges {
    private static final String CLAIM = """
            INSERT INTO %s (job, part, part_file, after, up_to, rows_asked, state, worker, due_at)
            VALUES (?, ?, ?, ?, ?, ?, 'claimed', ?, clock_timestamp() + ? * interval '1 ms')
            RETURNING\s""" + RangeTable.CLAIM;

    /** One whose transaction is still under way is locked, and passed over. */
    private static final String TAKE = """
            UPDATE %1$s SET state = 'claimed', worker = ?, due_at = clock_timestamp() + ? * interval '1 ms'
            WHERE id = (SELECT id FROM %1$s WHERE job = ? AND state IN ('claimed', 'waiting')
                          AND (due_at <= clock_timestamp() OR state = 'claimed' AND worker = ?)
                        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING\s""" + RangeTable.CLAIM;

    private static final String REST = """
            INSERT INTO %1$s (job, part, part_file, after, up_to, rows_asked, state, worker, due_at, tries, locked_since)
            SELECT job, part, part_file, ?, up_to, greatest(0, rows_asked - ?), 'waiting', worker, clock_timestamp(), tries,
              locked_since
            FROM %1$s WHERE id = ?
            """;

    private static final String CUT =
            "UPDATE %s SET up_to = ?, rows_asked = ? WHERE id = ? RETURNING " + RangeTable.CLAIM;

    private static final String HOLD =
            "SELECT " + RangeTable.CLAIM + " FROM %s WHERE id = ? AND worker = ? AND state = 'claimed' FOR UPDATE";

    private static final String RETRY = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp(), tries = 0, locked_since = NULL, failed_row = NULL,
              error = NULL
            WHERE job = ? AND state = 'failed'
            """;

    /** What was changed counts nevertheless; what was passed is passed again. */
    private static final String FORGET =
            "UPDATE %s SET state = 'done', rows_passed = 0, rows_remaining = 0 WHERE job = ?";

    private static final String FORGET_ONE =
            "UPDATE %s SET state = 'done', rows_passed = 0, rows_remaining = 0 WHERE id = ?";

    private final RangeTable table;
    private final String job;
    private final String worker;
    private final Duration lease;

    /** @param worker of one run: two of one name would take each other's ranges */
    Ranges(QualifiedName table, BackfillJob job, String worker) {
        this.table = new RangeTable(table);
        this.job = job.name();
        this.worker = worker;
        this.lease = job.options().lease();
    }

    QualifiedName table() {
        return table.name();
    }

    RangeNotes notes() {
        return new RangeNotes(table, worker, lease);
    }

    Claim claim(Connection connection, Position position, List<String> upTo, long rowsAsked) throws SQLException {
        return table.claim(
                        connection,
                        CLAIM,
                        p -> p.text(job)
                                .number(position.partOid())
                                .number(position.file())
                                .texts(position.frontier())
                                .texts(upTo)
                                .number(rowsAsked)
                                .text(worker)
                                .number(lease.toMillis()))
                .orElseThrow();
    }

    /** One that waits and is due, whose lease has run out, or that was ours before the connection broke. */
    Optional<Claim> take(Connection connection) throws SQLException {
        return table.claim(
                connection,
                TAKE,
                p -> p.text(worker).number(lease.toMillis()).text(job).text(worker));
    }

    /** Keeps the rows up to a position; the others wait for whoever comes. */
    Claim cut(Connection connection, Claim claim, List<String> upTo, long rowsAsked) throws SQLException {
        table.update(connection, REST, p -> p.texts(upTo).number(rowsAsked).number(claim.id()));
        return table.claim(connection, CUT, p -> p.texts(upTo).number(rowsAsked).number(claim.id()))
                .orElseThrow();
    }

    /** Whether it is still ours; then nobody else takes it until the transaction ends. */
    boolean isHeld(Connection connection, Claim claim) throws SQLException {
        return table.claim(connection, HOLD, p -> p.number(claim.id()).text(worker))
                .isPresent();
    }

    /** The rows that could not be changed are to be tried again. */
    void retry(Connection connection) throws SQLException {
        table.update(connection, RETRY, p -> p.text(job));
    }

    /** Where a pass begins anew. */
    void forgetAll(Connection connection) throws SQLException {
        table.update(connection, FORGET, p -> p.text(job));
    }

    /** Where its part is gone. */
    void forget(Connection connection, Claim claim) throws SQLException {
        table.update(connection, FORGET_ONE, p -> p.number(claim.id()));
    }
}
