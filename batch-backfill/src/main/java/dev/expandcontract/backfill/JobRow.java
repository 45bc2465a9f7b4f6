package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job as the state table holds it.
 *
 * @param options as text; what differs from the defaults
 * @param binding what the names in its definition meant when it began
 * @param rowsSettled rows that this pass has changed, and for which the condition holds no more
 */
record JobRow(
        BackfillStatus status,
        BackfillWork work,
        String fingerprint,
        String options,
        Binding binding,
        Position position,
        long rowsSettled) {
    static final String COLUMNS = """
            name, state, kind, table_name, table_oid, set_clause, from_clause, condition, target_table, target_columns,
            target_values, skips_existing, assigned_columns, origin, fingerprint, options, axis, key_columns, key_types,
            phase, pass, parts, part, part_file, frontier, upper_bound, rows_changed, rows_passed, rows_settled,
            rows_remaining, rows_failed, rows_estimated, rows_per_second, batches, batch_size, speed, throttle, started_at,
            heartbeat_at, extract(epoch FROM clock_timestamp() - heartbeat_at) AS heartbeat_age, finished_at, error""";

    /** @param row with the {@link #COLUMNS} */
    static JobRow of(ResultSet row) throws SQLException {
        return new JobRow(
                status(row),
                work(row),
                row.getString("fingerprint"),
                row.getString("options"),
                new Binding(
                        row.getLong("table_oid"),
                        AxisKind.of(row.getString("axis")),
                        TableFacts.texts(row, "key_columns"),
                        TableFacts.texts(row, "key_types"),
                        List.of((Integer[]) row.getArray("assigned_columns").getArray())),
                position(row),
                row.getLong("rows_settled"));
    }

    boolean isFinished() {
        return status.state() == BackfillState.FINISHED;
    }

    /** Whether it does the same. */
    boolean isOf(BackfillJob job) {
        return fingerprint.equals(job.fingerprint());
    }

    /** Whether it is the same, asked for by the same origin, and finished. */
    boolean isFinishedOf(BackfillJob job) {
        return isFinished() && isOf(job) && status.origin().equals(job.origin());
    }

    /** To be run, or asked after, by a process that knows only its name. */
    BackfillJob job() {
        return new BackfillJob(status.name(), status.table(), work, status.origin(), OptionsText.parse(options));
    }

    String definition() {
        return work.definition(status.table());
    }

    private static Position position(ResultSet row) throws SQLException {
        return new Position(
                BackfillPhase.of(row.getString("phase")),
                row.getInt("pass"),
                Arrays.stream((Long[]) row.getArray("parts").getArray()).toList(),
                row.getInt("part"),
                row.getLong("part_file"),
                TableFacts.texts(row, "frontier"),
                TableFacts.texts(row, "upper_bound"));
    }

    private static BackfillWork work(ResultSet row) throws SQLException {
        SqlExpression condition = expression(row, "condition");
        return switch (row.getString("kind")) {
            case "update" ->
                new BackfillWork.Update(required(row, "set_clause"), expression(row, "from_clause"), condition);
            case "delete" -> new BackfillWork.Delete(condition);
            default ->
                new BackfillWork.Copy(
                        QualifiedName.parse(row.getString("target_table")),
                        required(row, "target_columns"),
                        required(row, "target_values"),
                        condition,
                        row.getBoolean("skips_existing"));
        };
    }

    private static SqlExpression required(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(expression(row, column), column);
    }

    private static @Nullable SqlExpression expression(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : new SqlExpression(text);
    }

    private static BackfillStatus status(ResultSet row) throws SQLException {
        BackfillState state = BackfillState.of(row.getString("state"));
        int speed = row.getInt("speed");
        Integer itsSpeed = row.wasNull() ? null : speed;
        return new BackfillStatus(
                row.getString("name"),
                QualifiedName.parse(row.getString("table_name")),
                state,
                row.getString("origin"),
                AxisKind.of(row.getString("axis")),
                BackfillPhase.of(row.getString("phase")),
                row.getInt("pass"),
                row.getLong("rows_changed"),
                row.getLong("rows_passed"),
                row.getLong("rows_failed"),
                row.getLong("rows_remaining"),
                row.getLong("rows_estimated"),
                row.getDouble("rows_per_second"),
                row.getLong("batches"),
                row.getInt("batch_size"),
                TableFacts.texts(row, "key_columns"),
                TableFacts.texts(row, "frontier"),
                itsSpeed,
                state.isOpen() ? row.getString("throttle") : null,
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("heartbeat_at", OffsetDateTime.class).toInstant(),
                Duration.ofMillis(Math.max(0, Math.round(1000 * row.getDouble("heartbeat_age")))),
                instant(row, "finished_at"),
                row.getString("error"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
