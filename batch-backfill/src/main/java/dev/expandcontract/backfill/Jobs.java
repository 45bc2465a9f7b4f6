package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of the state table. */
final class Jobs {
    private static final String COLUMNS = """
            name, state, table_name, set_clause, condition, origin, fingerprint, key_columns, frontier, upper_bound,
            rows_changed, rows_passed, rows_estimated, rows_per_second, batches, batch_size,
            started_at, heartbeat_at, finished_at, error""";

    private static final String READ = "SELECT " + COLUMNS + " FROM %s WHERE name = ?";

    private static final String LOCK = READ + " FOR UPDATE";

    /** A finished job of another definition or origin makes room; what is not finished stays. */
    private static final String OPEN = """
            INSERT INTO %1$s AS job (name, state, table_name, set_clause, condition, origin, fingerprint, axis, key_columns,
              frontier, upper_bound, rows_estimated, batch_size, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'key', ?, '{}', ?, ?, ?, CASE WHEN ? THEN clock_timestamp() END)
            ON CONFLICT (name) DO UPDATE SET
              state = excluded.state, table_name = excluded.table_name, set_clause = excluded.set_clause,
              condition = excluded.condition, origin = excluded.origin, fingerprint = excluded.fingerprint,
              axis = excluded.axis, key_columns = excluded.key_columns, frontier = excluded.frontier,
              upper_bound = excluded.upper_bound, rows_changed = 0, rows_passed = 0,
              rows_estimated = excluded.rows_estimated, rows_per_second = 0, batches = 0,
              batch_size = excluded.batch_size, started_at = excluded.started_at,
              heartbeat_at = excluded.heartbeat_at, finished_at = excluded.finished_at, error = NULL
            WHERE job.state = 'finished' AND (job.fingerprint, job.origin) <> (excluded.fingerprint, excluded.origin)
            """;

    private static final String RESUME = """
            UPDATE %s SET state = 'running', origin = ?, error = NULL, heartbeat_at = clock_timestamp()
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
            RETURNING\s""" + COLUMNS;

    private static final String STOP = """
            UPDATE %s SET state = 'stopped', error = ?, heartbeat_at = clock_timestamp()
            WHERE name = ? AND fingerprint = ? AND state <> 'finished'
            """;

    private final QualifiedName table;

    Jobs(QualifiedName table) {
        this.table = table;
    }

    static String fingerprint(BackfillJob job) {
        String condition = job.condition() == null ? "" : job.condition().text();
        String definition = job.table().sql() + '\0' + job.set().text() + '\0' + condition;
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(definition.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
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
                return row.next() ? Optional.of(jobRow(row)) : Optional.empty();
            }
        }
    }

    /** Enters a job, finished at once where the table is empty. An unfinished job of that name, or the same one, stays. */
    void open(Connection connection, BackfillJob job, Key key, List<String> upperBound, long estimate)
            throws SQLException {
        boolean empty = upperBound.isEmpty();
        try (PreparedStatement statement = prepare(connection, OPEN)) {
            statement.setString(1, job.name());
            statement.setString(2, empty ? "finished" : "running");
            statement.setString(3, job.table().sql());
            statement.setString(4, job.set().text());
            statement.setString(
                    5, job.condition() == null ? null : job.condition().text());
            statement.setString(6, job.origin());
            statement.setString(7, fingerprint(job));
            statement.setArray(8, array(connection, key.columnNames()));
            statement.setArray(9, array(connection, upperBound));
            statement.setLong(10, empty ? 0 : estimate);
            statement.setInt(11, job.options().firstBatchSize());
            statement.setBoolean(12, empty);
            statement.executeUpdate();
        }
    }

    void resume(Connection connection, BackfillJob job) throws SQLException {
        try (PreparedStatement statement = prepare(connection, RESUME)) {
            statement.setString(1, job.origin());
            statement.setString(2, job.name());
            statement.setString(3, fingerprint(job));
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
                return row.next() ? Optional.of(jobRow(row)) : Optional.empty();
            }
        }
    }

    void stop(Connection connection, BackfillJob job, String error) throws SQLException {
        try (PreparedStatement statement = prepare(connection, STOP)) {
            statement.setString(1, error);
            statement.setString(2, job.name());
            statement.setString(3, fingerprint(job));
            statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(sql.formatted(table.sql()));
    }

    private static Array array(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    private static JobRow jobRow(ResultSet row) throws SQLException {
        var status = new BackfillStatus(
                row.getString("name"),
                QualifiedName.parse(row.getString("table_name")),
                BackfillState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("origin"),
                row.getLong("rows_changed"),
                row.getLong("rows_passed"),
                row.getLong("rows_estimated"),
                row.getDouble("rows_per_second"),
                row.getLong("batches"),
                row.getInt("batch_size"),
                TableFacts.texts(row, "key_columns"),
                TableFacts.texts(row, "frontier"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("heartbeat_at", OffsetDateTime.class).toInstant(),
                instant(row, "finished_at"),
                row.getString("error"));
        return new JobRow(
                status,
                row.getString("set_clause"),
                row.getString("condition"),
                row.getString("fingerprint"),
                TableFacts.texts(row, "upper_bound"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
