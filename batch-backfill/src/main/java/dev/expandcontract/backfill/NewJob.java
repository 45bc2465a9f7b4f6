package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Enters a job in the state table. One of its name that has finished makes room. */
final class NewJob {
    private static final String MAKE_ROOM = """
            DELETE FROM %s WHERE name = ? AND state = 'finished' AND (fingerprint, origin) <> (?, ?)
            """;

    private static final String INSERT = """
            INSERT INTO %s (name, state, kind, table_name, table_oid, set_clause, from_clause, condition, target_table,
              target_columns, target_values, skips_existing, assigned_columns, origin, fingerprint, options, axis,
              key_columns, key_types, parts, part, frontier, upper_bound, rows_estimated, batch_size)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '{}', '{}', ?, ?)
            ON CONFLICT (name) DO NOTHING
            """;

    /** What a job of this name has left that somebody has deleted; again for what a worker of it left while it was waited for. */
    private static final String SWEEP_OUT = "DELETE FROM %s WHERE job = ?";

    private NewJob() {}

    /** @param state running or registered */
    static void enter(
            Connection connection, StateTable tables, BackfillJob job, JobCheck.Findings findings, BackfillState state)
            throws SQLException {
        String table = tables.name().sql();
        try (PreparedStatement statement = connection.prepareStatement(MAKE_ROOM.formatted(table))) {
            new Parameters(statement).text(job.name()).text(job.fingerprint()).text(job.origin());
            statement.executeUpdate();
        }
        boolean isNew;
        try (PreparedStatement statement = connection.prepareStatement(INSERT.formatted(table))) {
            var parameters = new Parameters(statement).text(job.name()).text(state.text());
            bind(connection, parameters, job, findings);
            isNew = statement.executeUpdate() == 1;
        }
        if (isNew) {
            sweepOut(connection, tables.ranges(), job);
        }
    }

    private static void sweepOut(Connection connection, QualifiedName ranges, BackfillJob job) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SWEEP_OUT.formatted(ranges.sql()))) {
            new Parameters(statement).text(job.name());
            int left;
            do {
                left = statement.executeUpdate();
            } while (left > 0);
        }
    }

    private static void bind(Connection connection, Parameters parameters, BackfillJob job, JobCheck.Findings findings)
            throws SQLException {
        BackfillWork work = job.work();
        Axis axis = findings.axis();
        Binding binding = Binding.of(findings, axis);
        BackfillWork.@Nullable Update update = work instanceof BackfillWork.Update it ? it : null;
        BackfillWork.@Nullable Copy copy = work instanceof BackfillWork.Copy it ? it : null;
        parameters.text(work.kind());
        parameters.text(job.table().sql()).number(findings.table());
        parameters.text(update == null ? null : update.set().text());
        parameters.text(update == null ? null : text(update.from())).text(text(work.condition()));
        parameters.text(copy == null ? null : copy.target().sql());
        parameters.text(copy == null ? null : copy.columns().text());
        parameters.text(copy == null ? null : copy.values().text());
        parameters.flag(copy != null && copy.skipsExisting());
        parameters.numbers("int4", binding.assignedColumns());
        parameters.text(job.origin()).text(job.fingerprint());
        parameters.text(OptionsText.of(job.options())).text(axis.kind().text());
        parameters.texts(binding.keyColumns()).texts(binding.keyTypes());
        List<Long> parts = new Parts(findings.table(), job.table().name()).all(connection);
        parameters.numbers("oid", parts);
        parameters.number(TableFacts.estimatedRows(connection, job.table()));
        parameters.number(job.options().firstBatchSize());
    }

    private static @Nullable String text(@Nullable SqlExpression sql) {
        return sql == null ? null : sql.text();
    }
}
