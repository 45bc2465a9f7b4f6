package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The rows of the state table. */
final class Jobs {
    private static final String READ = "SELECT " + JobRow.COLUMNS + " FROM %s WHERE name = ?";

    private static final String LOCK = READ + " FOR UPDATE";

    /** A finished job of another definition or origin makes room; what is not finished stays. */
    private static final String OPEN = """
            INSERT INTO %1$s AS job (name, state, table_name, table_oid, set_clause, assigned_columns, condition, origin,
              fingerprint, axis, key_columns, key_types, frontier, upper_bound, rows_estimated, batch_size, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'key', ?, ?, '{}', ?, ?, ?, CASE WHEN ? THEN clock_timestamp() END)
            ON CONFLICT (name) DO UPDATE SET
              state = excluded.state, table_name = excluded.table_name, table_oid = excluded.table_oid,
              set_clause = excluded.set_clause, assigned_columns = excluded.assigned_columns,
              condition = excluded.condition, origin = excluded.origin, fingerprint = excluded.fingerprint,
              axis = excluded.axis, key_columns = excluded.key_columns, key_types = excluded.key_types,
              frontier = excluded.frontier,
              upper_bound = excluded.upper_bound, rows_changed = 0, rows_passed = 0,
              rows_estimated = excluded.rows_estimated, rows_per_second = 0, batches = 0,
              batch_size = excluded.batch_size, started_at = excluded.started_at,
              heartbeat_at = excluded.heartbeat_at, finished_at = excluded.finished_at, error = NULL
            WHERE job.state = 'finished' AND (job.fingerprint, job.origin) <> (excluded.fingerprint, excluded.origin)
            """;

    private static final String RESUME = """
            UPDATE %s SET state = 'running', origin = ?, upper_bound = ?, error = NULL, heartbeat_at = clock_timestamp()
            WHERE name = ? AND fingerprint = ? AND state <> 'finished'
            """;

    /** Moves the frontier only from where the caller saw it. */
    private static final String ADVANCE = """
            UPDATE %s SET
              state = CASE WHEN ? THEN 'finished' ELSE 'running' END,
              finished_at = CASE WHEN ? THEN clock_timestamp() END,
              frontier = ?, rows_changed = rows_changed + ?, rows_passed = rows_passed + ?, rows_per_second = ?,
              batches = batches + 1, batch_size = ?, heartbeat_at = clock_timestamp(), error = NULL
            WHERE name = ? AND fingerprint = ? AND frontier = ? AND state <> 'finished'
            RETURNING\s""" + JobRow.COLUMNS;

    private static final String STOP = """
            UPDATE %s SET state = 'stopped', error = ?, heartbeat_at = clock_timestamp()
            WHERE name = ? AND fingerprint = ? AND state <> 'finished'
            """;

    private final QualifiedName table;

    Jobs(QualifiedName table) {
        this.table = table;
    }

    Optional<JobRow> read(Connection connection, String name) throws SQLException {
        return find(connection, READ, name);
    }

    /** Reads the row as it is now, waiting for whoever works on the job; nobody else does until the transaction ends. */
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

    /** Enters a job, finished at once where the table is empty. An unfinished job of that name, or the same one, stays. */
    void open(Connection connection, BackfillJob job, Binding binding, List<String> upperBound, long estimate)
            throws SQLException {
        boolean empty = upperBound.isEmpty();
        try (PreparedStatement statement = prepare(connection, OPEN)) {
            statement.setString(1, job.name());
            statement.setString(2, empty ? "finished" : "running");
            statement.setString(3, job.table().sql());
            statement.setLong(4, binding.table());
            statement.setString(5, job.set().text());
            statement.setArray(
                    6,
                    connection.createArrayOf("int4", binding.assignedColumns().toArray()));
            statement.setString(
                    7, job.condition() == null ? null : job.condition().text());
            statement.setString(8, job.origin());
            statement.setString(9, job.fingerprint());
            statement.setArray(10, array(connection, binding.keyColumns()));
            statement.setArray(11, array(connection, binding.keyTypes()));
            statement.setArray(12, array(connection, upperBound));
            statement.setLong(13, empty ? 0 : estimate);
            statement.setInt(14, job.options().firstBatchSize());
            statement.setBoolean(15, empty);
            statement.executeUpdate();
        }
    }

    void resume(Connection connection, BackfillJob job, List<String> upperBound) throws SQLException {
        try (PreparedStatement statement = prepare(connection, RESUME)) {
            statement.setString(1, job.origin());
            statement.setArray(2, array(connection, upperBound));
            statement.setString(3, job.name());
            statement.setString(4, job.fingerprint());
            statement.executeUpdate();
        }
    }

    /** The row as it then is; empty if somebody else moved the frontier meanwhile. */
    Optional<JobRow> advance(Connection connection, JobRow seen, Progress progress) throws SQLException {
        try (PreparedStatement statement = prepare(connection, ADVANCE)) {
            statement.setBoolean(1, progress.last());
            statement.setBoolean(2, progress.last());
            statement.setArray(3, array(connection, progress.frontier()));
            statement.setLong(4, progress.rowsChanged());
            statement.setLong(5, progress.rowsPassed());
            statement.setDouble(6, progress.rowsPerSecond());
            statement.setInt(7, progress.batchSize());
            statement.setString(8, seen.status().name());
            statement.setString(9, seen.fingerprint());
            statement.setArray(10, array(connection, seen.status().frontier()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(JobRow.of(row)) : Optional.empty();
            }
        }
    }

    void stop(Connection connection, BackfillJob job, String error) throws SQLException {
        try (PreparedStatement statement = prepare(connection, STOP)) {
            statement.setString(1, error);
            statement.setString(2, job.name());
            statement.setString(3, job.fingerprint());
            statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(sql.formatted(table.sql()));
    }

    private static Array array(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
