package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The ranges of a job, as people want to see them. */
record JobRanges(QualifiedName table) {
    private static final String SELECT = """
            SELECT r.*, coalesce(quote_ident(s.nspname) || '.' || quote_ident(c.relname), r.part::text) AS part_name
            FROM %s r
            LEFT JOIN pg_catalog.pg_class c ON c.oid = r.part
            LEFT JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            WHERE r.job = ? AND (r.state = 'failed') = ? ORDER BY r.id LIMIT ?
            """;

    /** Those that are at work, or that wait. */
    List<BackfillRange> unfinished(Connection connection, String job) throws SQLException {
        return find(
                connection,
                job,
                false,
                Integer.MAX_VALUE,
                row -> new BackfillRange(
                        row.getString("part_name"),
                        TableFacts.texts(row, "after"),
                        TableFacts.texts(row, "up_to"),
                        row.getLong("rows_asked"),
                        BackfillRange.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                        row.getString("worker"),
                        row.getObject("due_at", OffsetDateTime.class).toInstant(),
                        row.getInt("tries"),
                        JobRow.instant(row, "locked_since")));
    }

    /** At most so many of the rows that could not be changed, those first that were found first. */
    List<BackfillFailure> failures(Connection connection, String job, int limit) throws SQLException {
        return find(
                connection,
                job,
                true,
                limit,
                row -> new BackfillFailure(
                        row.getString("part_name"), TableFacts.texts(row, "failed_row"), row.getString("error")));
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> find(Connection connection, String job, boolean failed, int limit, Reader<T> reader)
            throws SQLException {
        List<T> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT.formatted(table.sql()))) {
            new Parameters(statement).text(job).flag(failed).number(limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(reader.read(row));
                }
            }
        }
        return found;
    }
}
