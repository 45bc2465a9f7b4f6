package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What the ranges of a job add up to.
 *
 * @param table of ranges
 * @param job its name
 */
record Tally(QualifiedName table, String job) {
    private static final String ADD_UP = """
            WITH gone AS (DELETE FROM %s WHERE job = ? AND state = 'done'
              RETURNING batches, rows_passed, rows_changed, rows_remaining)
            SELECT coalesce(sum(batches), 0), coalesce(sum(rows_passed), 0), coalesce(sum(rows_changed), 0),
              coalesce(sum(rows_remaining), 0)
            FROM gone
            """;

    private static final String OUTLOOK = """
            SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'waiting' AND tries = 0),
              count(*) FILTER (WHERE state <> 'failed'), count(*) FILTER (WHERE state = 'failed'),
              coalesce(extract(epoch FROM min(due_at) FILTER (WHERE state IN ('claimed', 'waiting')) - clock_timestamp()), 0)
                ::double precision
            FROM %s WHERE job = ?
            """;

    /**
     * What the ranges of a job say of its future.
     *
     * @param waiting to be tried again
     * @param untried waiting, of which nobody has tried a row yet
     * @param open all that are not done and added up
     * @param failed rows that could not be changed
     * @param nextDue when there may be something to take; not negative
     */
    record Outlook(long waiting, long untried, long open, long failed, Duration nextDue) {}

    /** Takes what was done since the last time out of the table. */
    Progress.Done addUp(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADD_UP.formatted(table.sql()))) {
            new Parameters(statement).text(job);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Progress.Done(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    Outlook outlook(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OUTLOOK.formatted(table.sql()))) {
            new Parameters(statement).text(job);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Outlook(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        Duration.ofMillis(Math.max(0, (long) Math.ceil(row.getDouble(5) * 1000))));
            }
        }
    }
}
