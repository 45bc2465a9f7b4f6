package dev.expandcontract.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Has a job go on that is not finished, for whoever asks for it now; while its row is locked. */
record Resumption(BackfillJob job, StateTable stateTable, Jobs jobs, Continuity continuity) {
    private static final String RESUME = """
            UPDATE %s SET state = CASE state WHEN 'paused' THEN state ELSE 'running' END, origin = ?, upper_bound = ?,
              parts = ?, rows_estimated = ?, error = NULL, throttle = NULL,
              heartbeat_at = clock_timestamp(), rate_since = clock_timestamp(),
              started_at = CASE state WHEN 'registered' THEN clock_timestamp() ELSE started_at END
            WHERE name = ?
            """;

    private static final String HAND_OVER =
            "UPDATE %s SET origin = ?, heartbeat_at = clock_timestamp() WHERE name = ? AND state = 'registered'";

    /** If it is begun, this origin, too, counts on the rows that are there now. */
    void takeOver(Connection connection, JobRow row, JobCheck.Findings findings) throws SQLException {
        if (row.status().state() == BackfillState.REGISTERED) {
            handOver(connection);
        } else {
            resume(connection, row, findings);
        }
    }

    /** Verifying tries no row again; before a pass, the table is taken as it is now. */
    void resume(Connection connection, JobRow before, JobCheck.Findings findings) throws SQLException {
        boolean isVerifying = before.status().phase() == BackfillPhase.VERIFY
                && !before.status().state().isEnd();
        JobRow row = isVerifying ? before : retrying(connection, before);
        Position position = row.position().endingWith(upperBound(connection, row, findings));
        if (position.part() > 0) {
            resume(connection, position, row.status().rowsEstimated());
            return;
        }
        List<Long> parts = new Parts(findings.table(), job.table().name()).all(connection);
        resume(
                connection,
                Position.beforePass(position.phase(), position.pass(), parts),
                TableFacts.estimatedRows(connection, job.table()));
    }

    /**
     * Not while others are at it, who would meet them twice. In block order a row that was mended lies elsewhere since then,
     * so that only another pass meets it; so does one meet the rows that a verification has found.
     */
    private JobRow retrying(Connection connection, JobRow row) throws SQLException {
        var ranges = new Ranges(stateTable.ranges(), job, "");
        BackfillStatus status = row.status();
        boolean isVerified = status.phase() == BackfillPhase.VERIFY;
        boolean isUnderWay =
                status.state() == BackfillState.RUNNING && row.position().part() > 0;
        if (!isVerified && isUnderWay) {
            return row;
        }
        if (!isVerified && status.axis() == AxisKind.KEY) {
            ranges.retry(connection);
            return row;
        }
        if (!isVerified && status.rowsFailed() == 0) {
            return row;
        }
        ranges.forgetAll(connection);
        Position pass = Position.beforePass(
                BackfillPhase.SWEEP, row.position().pass() + 1, row.position().parts());
        return jobs.advance(
                connection, row, Progress.of(row, Progress.Done.NOTHING, 0).beginning(pass, status.rowsEstimated()));
    }

    /**
     * Another origin counts on the rows that are there now; those beyond the old bound were never passed. In a transaction
     * of the lender the settings are its own again afterwards.
     */
    private List<String> upperBound(Connection connection, JobRow row, JobCheck.Findings findings) throws SQLException {
        Position position = row.position();
        Layout layout = continuity.layout(row, findings);
        if (row.status().origin().equals(job.origin()) || position.part() == 0) {
            return position.upperBound();
        }
        Optional<Part> part = layout.part(connection, position.partOid());
        List<String> beyond = part.isEmpty()
                ? List.of()
                : Transactions.read(
                        connection, Key.SETTINGS, c -> layout.axis().bound(c, part.get(), position.upperBound()));
        return beyond.isEmpty() ? position.upperBound() : beyond;
    }

    /** @param position with the bound that the run goes to, and the parts that it goes through */
    void resume(Connection connection, Position position, long rowsEstimated) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(RESUME.formatted(stateTable.name().sql()))) {
            new Parameters(statement)
                    .text(job.origin())
                    .texts(position.upperBound())
                    .numbers("oid", position.parts())
                    .number(rowsEstimated)
                    .text(job.name());
            statement.executeUpdate();
        }
    }

    /** A job that nobody has begun is then the last one's who has asked for it. */
    private void handOver(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                HAND_OVER.formatted(stateTable.name().sql()))) {
            new Parameters(statement).text(job.origin()).text(job.name());
            statement.executeUpdate();
        }
    }
}
