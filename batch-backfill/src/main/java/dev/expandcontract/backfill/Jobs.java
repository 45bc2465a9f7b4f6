package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of the state table. */
final class Jobs {
    /** With what is done, but not yet added up. */
    private static final String STATUS = "SELECT "
            + JobRow.COLUMNS
                    .replace("rows_changed,", "rows_changed + changed AS rows_changed,")
                    .replace("rows_passed,", "rows_passed + passed AS rows_passed,")
                    .replace("batches,", "batches + done AS batches,")
            + """
             FROM %1$s j CROSS JOIN LATERAL (
              SELECT coalesce(sum(r.rows_changed), 0)::bigint AS changed,
                coalesce(sum(r.rows_passed), 0)::bigint AS passed, coalesce(sum(r.batches), 0)::bigint AS done
              FROM %2$s r WHERE r.job = j.name) added
            """;

    private static final String ALL = STATUS + " ORDER BY started_at, name";

    private static final String READ = STATUS + " WHERE name = ?";

    private static final String READ_FIRST = "SELECT " + JobRow.COLUMNS + " FROM (SELECT *, " + StateLayout.NOT_IN_FIRST
            + " FROM %s) first_layout WHERE name = ?";

    /** Only of updates: what they assign is known. */
    private static final String UNFINISHED = STATUS + """
             WHERE state <> 'finished' AND table_oid = to_regclass(?) AND assigned_columns && ARRAY(
              SELECT attnum::integer FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(?) AND attname = ?)
            ORDER BY name
            """;

    private static final String LOCK = "SELECT " + JobRow.COLUMNS + " FROM %s WHERE name = ? FOR UPDATE";

    /** Who only counts the rows of a job that has ended does not begin it anew. */
    private static final String ADVANCE = """
            UPDATE %s SET
              state = ?, phase = ?, pass = ?, parts = ?, part = ?, part_file = ?, frontier = ?, upper_bound = ?,
              rows_changed = rows_changed + ?, rows_passed = ?, rows_settled = ?, rows_remaining = ?, rows_failed = ?,
              rows_estimated = ?, batches = batches + ?, batch_size = ?,
            """ + Rate.WITH_ROWS + """
              , heartbeat_at = clock_timestamp(), error = NULL, throttle = NULL,
              finished_at = CASE WHEN ? THEN clock_timestamp() WHEN ? THEN finished_at END
            WHERE name = ?
            RETURNING\s""" + JobRow.COLUMNS;

    private static final String STOP = """
            UPDATE %s SET state = 'stopped', error = ?, throttle = NULL, heartbeat_at = clock_timestamp()
            WHERE name = ? AND fingerprint = ? AND state IN ('registered', 'running', 'stopped')
            """;

    /** No rows pass while it waits. */
    private static final String THROTTLE = """
            UPDATE %s SET throttle = ?, heartbeat_at = clock_timestamp(),
            """ + Rate.WITHOUT_ROWS + """
             WHERE name = ? AND state IN ('registered', 'running', 'stopped')
            """;

    private final StateTable tables;
    private final QualifiedName table;
    private final QualifiedName ranges;

    Jobs(StateTable tables) {
        this.tables = tables;
        this.table = tables.name();
        this.ranges = tables.ranges();
    }

    List<JobRow> all(Connection connection) throws SQLException {
        List<JobRow> jobs = new ArrayList<>();
        try (PreparedStatement statement = prepare(connection, ALL);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                jobs.add(JobRow.of(row));
            }
        }
        return jobs;
    }

    /** Those that are to fill a column, and have not done so. */
    List<JobRow> unfinished(Connection connection, QualifiedName filled, Identifier column) throws SQLException {
        List<JobRow> jobs = new ArrayList<>();
        try (PreparedStatement statement = prepare(connection, UNFINISHED)) {
            new Parameters(statement).text(filled.sql()).text(filled.sql()).text(column.value());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    jobs.add(JobRow.of(row));
                }
            }
        }
        return jobs;
    }

    /** Also from the first layout; empty where there is no such job, or no table. */
    Optional<JobRow> read(Connection connection, String name) throws SQLException {
        return switch (tables.layout(connection)) {
            case 0 -> Optional.empty();
            case StateLayout.FIRST -> find(connection, READ_FIRST, name);
            default -> find(connection, READ, name);
        };
    }

    /** Reads the row as it is now, waiting for whoever takes a range; nobody else does until the transaction ends. */
    Optional<JobRow> lock(Connection connection, String name) throws SQLException {
        return find(connection, LOCK, name);
    }

    private Optional<JobRow> find(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(JobRow.of(row)) : Optional.empty();
            }
        }
    }

    /** Only while its row is locked. */
    JobRow advance(Connection connection, JobRow seen, Progress progress) throws SQLException {
        Position position = progress.position();
        Progress.Done done = progress.done();
        String name = seen.status().name();
        try (PreparedStatement statement = prepare(connection, ADVANCE)) {
            var parameters = new Parameters(statement);
            parameters.text(progress.state().text());
            parameters.text(position.phase().text()).number(position.pass());
            parameters.numbers("oid", position.parts()).number(position.part()).number(position.file());
            parameters.texts(position.frontier()).texts(position.upperBound());
            parameters.number(done.rowsChanged()).number(progress.rowsPassed());
            parameters.number(progress.rowsSettled()).number(progress.rowsRemaining());
            parameters.number(progress.rowsFailed()).number(progress.rowsEstimated());
            parameters.number(done.batches()).number(progress.batchSize());
            parameters.number(done.rowsPassed()).number(done.batches());
            parameters.flag(progress.state().isEnd()).flag(position.phase() == BackfillPhase.VERIFY);
            parameters.text(name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return JobRow.of(row);
            }
        }
    }

    void stop(Connection connection, BackfillJob job, String error) throws SQLException {
        try (PreparedStatement statement = prepare(connection, STOP)) {
            new Parameters(statement).text(error).text(job.name()).text(job.fingerprint());
            statement.executeUpdate();
        }
    }

    /** Notes why the workers wait, and says whether they still are to. */
    boolean isOpenThoughThrottled(Connection connection, String name, String reason) throws SQLException {
        try (PreparedStatement statement = prepare(connection, THROTTLE)) {
            new Parameters(statement).text(reason).text(name);
            return statement.executeUpdate() == 1;
        }
    }

    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(sql.formatted(table.sql(), ranges.sql()));
    }
}
