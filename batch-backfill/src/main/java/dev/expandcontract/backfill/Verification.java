package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Another pass over the table of a job that has ended.
 *
 * @param repairs whether rows are changed; else they are only counted
 */
record Verification(StateTable stateTable, JobRow row, boolean repairs) {
    private static final String BEGIN = """
            UPDATE %s SET state = 'running', phase = ?, pass = pass + 1, part = 0, frontier = '{}', upper_bound = '{}',
              rows_passed = 0, rows_settled = 0, rows_remaining = 0, error = NULL,
              finished_at = CASE WHEN ? THEN NULL ELSE finished_at END
            WHERE name = ? AND pass = ? AND state IN ('finished', 'finished with failures')
            """;

    /** Does nothing where the job is in such a pass already. */
    void begin(Connection connection) throws SQLException {
        BackfillStatus status = row.status();
        if (status.state().isOpen() && status.phase() == phase()) {
            return;
        }
        if (!status.state().isEnd()) {
            throw refused("is " + status.state().text() + ": it can be verified when it has ended");
        }
        requireTelling(connection);
        try (PreparedStatement statement =
                connection.prepareStatement(BEGIN.formatted(stateTable.name().sql()))) {
            new Parameters(statement)
                    .text(phase().text())
                    .flag(repairs)
                    .text(status.name())
                    .number(status.pass());
            statement.executeUpdate();
        }
    }

    private BackfillPhase phase() {
        return repairs ? BackfillPhase.SWEEP : BackfillPhase.VERIFY;
    }

    /** Something must tell the rows that are done from the others. */
    private void requireTelling(Connection connection) throws SQLException {
        BackfillWork work = row.work();
        boolean isDelete = work instanceof BackfillWork.Delete;
        if (work instanceof BackfillWork.Copy || (work.condition() == null && !isDelete)) {
            throw refused(
                    work instanceof BackfillWork.Copy
                            ? "copies rows: nothing tells those that were copied from the others"
                            : "has no condition: nothing tells the rows that are done from the others");
        }
        BackfillStatus status = row.status();
        if (status.phase() != BackfillPhase.VERIFY && status.rowsRemaining() > 0 && !isRepeatable(connection)) {
            throw refused(
                    ("has a condition that still held for %,d rows after their change, so that it does not tell the"
                                    + " rows that are done; changed again they would not be the same")
                            .formatted(status.rowsRemaining()));
        }
    }

    private boolean isRepeatable(Connection connection) throws SQLException {
        return JobCheck.look(connection, row.job(), stateTable).isRepeatable();
    }

    private InvalidOperation refused(String why) {
        return new InvalidOperation("backfill \"" + row.status().name() + "\" " + why);
    }
}
