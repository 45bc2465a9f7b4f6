package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A job as the state table holds it.
 *
 * @param binding what the names in its definition meant when it began
 * @param upperBound the greatest key when its origin began the job or went on with it, as text; empty where the table was
 *     empty
 */
record JobRow(
        BackfillStatus status,
        String set,
        @Nullable String condition,
        String fingerprint,
        Binding binding,
        List<String> upperBound) {
    static final String COLUMNS = """
            name, state, table_name, table_oid, set_clause, assigned_columns, condition, origin, fingerprint,
            key_columns, key_types, frontier, upper_bound, rows_changed, rows_passed, rows_estimated, rows_per_second,
            batches, batch_size, started_at, heartbeat_at, finished_at, error""";

    JobRow {
        upperBound = List.copyOf(upperBound);
    }

    /** @param row with the {@link #COLUMNS} */
    static JobRow of(ResultSet row) throws SQLException {
        return new JobRow(
                status(row),
                row.getString("set_clause"),
                row.getString("condition"),
                row.getString("fingerprint"),
                new Binding(
                        row.getLong("table_oid"),
                        TableFacts.texts(row, "key_columns"),
                        TableFacts.texts(row, "key_types"),
                        List.of((Integer[]) row.getArray("assigned_columns").getArray())),
                TableFacts.texts(row, "upper_bound"));
    }

    boolean isFinished() {
        return status.state() == BackfillState.FINISHED;
    }

    String definition() {
        return BackfillJob.definition(status.table().sql(), set, condition);
    }

    private static BackfillStatus status(ResultSet row) throws SQLException {
        return new BackfillStatus(
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
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
