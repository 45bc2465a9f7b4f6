package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The rows of the table of ranges. A worker may change a range only while it holds it: {@link #isHeld}. */
final class Ranges {
    private static final String COLUMNS = "id, part, part_file, after, up_to, rows_asked, tries,"
            + " coalesce(extract(epoch FROM clock_timestamp() - locked_since), 0)::double precision AS locked_for";

    private static final String CLAIM = """
            INSERT INTO %s (job, part, part_file, after, up_to, rows_asked, state, worker, due_at)
            VALUES (?, ?, ?, ?, ?, ?, 'claimed', ?, clock_timestamp() + ? * interval '1 ms')
            RETURNING\s""" + COLUMNS;

    /** One whose transaction is still under way is locked, and passed over. */
    private static final String TAKE = """
            UPDATE %1$s SET state = 'claimed', worker = ?, due_at = clock_timestamp() + ? * interval '1 ms'
            WHERE id = (SELECT id FROM %1$s WHERE job = ? AND state IN ('claimed', 'waiting')
                          AND (due_at <= clock_timestamp() OR state = 'claimed' AND worker = ?)
                        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING\s""" + COLUMNS;

    private static final String REST = """
            INSERT INTO %1$s (job, part, part_file, after, up_to, rows_asked, state, worker, due_at, tries, locked_since)
            SELECT job, part, part_file, ?, up_to, greatest(0, rows_asked - ?), 'waiting', worker, clock_timestamp(), tries,
              locked_since
            FROM %1$s WHERE id = ?
            """;

    private static final String CUT = "UPDATE %s SET up_to = ?, rows_asked = ? WHERE id = ? RETURNING " + COLUMNS;

    private static final String HOLD = "SELECT 1 FROM %s WHERE id = ? AND worker = ? AND state = 'claimed' FOR UPDATE";

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
            RETURNING\s""" + COLUMNS;

    private static final String GIVE_BACK = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp() WHERE id = ? AND worker = ? AND state = 'claimed'
            """;

    private static final String WAIT = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp() + ? * interval '1 ms', tries = tries + 1,
              locked_since = coalesce(locked_since, clock_timestamp())
            WHERE id = ? AND worker = ? AND state = 'claimed'
            """;

    private static final String FAIL = "UPDATE %s SET state = 'failed', failed_row = ?, error = ? WHERE id = ?";

    private static final String RETRY = """
            UPDATE %s SET state = 'waiting', due_at = clock_timestamp(), tries = 0, locked_since = NULL, failed_row = NULL,
              error = NULL
            WHERE job = ? AND state = 'failed'
            """;

    /** What was changed counts nevertheless; what was passed is passed again. */
    private static final String FORGET =
            "UPDATE %s SET state = 'done', rows_passed = 0, rows_remaining = 0 WHERE job = ? AND state <> 'done'";

    private static final String FORGET_ONE =
            "UPDATE %s SET state = 'done', rows_passed = 0, rows_remaining = 0 WHERE id = ?";

    private final QualifiedName table;
    private final String job;
    private final String worker;
    private final Duration lease;

    /** @param worker of one run: two of one name would take each other's ranges */
    Ranges(QualifiedName table, BackfillJob job, String worker) {
        this.table = table;
        this.job = job.name();
        this.worker = worker;
        this.lease = job.options().lease();
    }

    QualifiedName table() {
        return table;
    }

    Claim claim(Connection connection, Position position, List<String> upTo, long rowsAsked) throws SQLException {
        try (PreparedStatement statement = prepare(connection, CLAIM)) {
            new Parameters(statement)
                    .text(job)
                    .number(position.partOid())
                    .number(position.file())
                    .texts(position.frontier())
                    .texts(upTo)
                    .number(rowsAsked)
                    .text(worker)
                    .number(lease.toMillis());
            return claim(statement).orElseThrow();
        }
    }

    /** One that waits and is due, whose lease has run out, or that was ours before the connection broke. */
    Optional<Claim> take(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepare(connection, TAKE)) {
            new Parameters(statement)
                    .text(worker)
                    .number(lease.toMillis())
                    .text(job)
                    .text(worker);
            return claim(statement);
        }
    }

    /** Keeps the rows up to a position; the others wait for whoever comes. */
    Claim cut(Connection connection, Claim claim, List<String> upTo, long rowsAsked) throws SQLException {
        try (PreparedStatement statement = prepare(connection, REST)) {
            new Parameters(statement).texts(upTo).number(rowsAsked).number(claim.id());
            statement.executeUpdate();
        }
        try (PreparedStatement statement = prepare(connection, CUT)) {
            new Parameters(statement).texts(upTo).number(rowsAsked).number(claim.id());
            return claim(statement).orElseThrow();
        }
    }

    private static Optional<Claim> claim(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(Claim.of(row)) : Optional.empty();
        }
    }

    /** Whether it is still ours; then nobody else takes it until the transaction ends. */
    boolean isHeld(Connection connection, Claim claim) throws SQLException {
        try (PreparedStatement statement = prepare(connection, HOLD)) {
            new Parameters(statement).number(claim.id()).text(worker);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @param knownRows how many rows it is known to have, at least */
    void done(Connection connection, Claim claim, BatchStatement.Changed changed, long knownRows) throws SQLException {
        update(
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
        try (PreparedStatement statement = prepare(connection, DONE_UP_TO)) {
            new Parameters(statement)
                    .texts(batches.end())
                    .number(batches.rows())
                    .number(batches.rows())
                    .number(changed.rows())
                    .number(changed.remaining())
                    .number(lease.toMillis())
                    .number(batches.claim().id());
            return claim(statement).orElseThrow();
        }
    }

    /** For anybody, at once. */
    int giveBack(Connection connection, Claim claim) throws SQLException {
        return update(connection, GIVE_BACK, p -> p.number(claim.id()).text(worker));
    }

    /** For anybody, after a pause. */
    int waitFor(Connection connection, Claim claim, Duration pause) throws SQLException {
        return update(
                connection,
                WAIT,
                p -> p.number(pause.toMillis()).number(claim.id()).text(worker));
    }

    /** @param row its position */
    void fail(Connection connection, Claim claim, List<String> row, String error) throws SQLException {
        update(connection, FAIL, p -> p.texts(row).text(error).number(claim.id()));
    }

    /** The rows that could not be changed are to be tried again. */
    void retry(Connection connection) throws SQLException {
        update(connection, RETRY, p -> p.text(job));
    }

    /** Where the pass begins anew. */
    void forgetUnfinished(Connection connection) throws SQLException {
        update(connection, FORGET, p -> p.text(job));
    }

    /** Where its part is gone. */
    void forget(Connection connection, Claim claim) throws SQLException {
        update(connection, FORGET_ONE, p -> p.number(claim.id()));
    }

    private int update(Connection connection, String sql, Parameters.Binder binder) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql)) {
            binder.bind(new Parameters(statement));
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(sql.formatted(table.sql()));
    }
}
