package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a job does with the rows of a range, as one statement.
 *
 * @param ranges the table of ranges
 * @param isVerifying whether rows are only counted
 * @param skipsFailed whether rows are left out that could not be changed in an earlier pass
 */
record BatchStatement(BackfillJob job, Axis axis, QualifiedName ranges, boolean isVerifying, boolean skipsFailed) {
    /** @param remaining rows for which the condition holds still */
    record Changed(long rows, long remaining) {
        static final Changed NOTHING = new Changed(0, 0);
    }

    /** Whether there is anything to do: of rows that are done already, it reads a multiple of what a batch has in its time. */
    boolean findsRows(Connection connection, Part part, Range range) throws SQLException {
        if (job.work().condition() == null) {
            return true;
        }
        String sql = "SELECT EXISTS (SELECT FROM " + part.sql() + from(", ") + where(part, range) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, part, range);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    Changed run(Connection connection, Part part, Range range) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(part, range))) {
            bind(statement, part, range);
            if (!returnsCounts()) {
                return new Changed(statement.executeLargeUpdate(), 0);
            }
            try (ResultSet counts = statement.executeQuery()) {
                counts.next();
                return new Changed(counts.getLong(1), counts.getLong(2));
            }
        }
    }

    private void bind(PreparedStatement statement, Part part, Range range) throws SQLException {
        int next = range.bind(statement, 1);
        if (skipsFailed) {
            statement.setString(next++, job.name());
            statement.setLong(next, part.oid());
        }
    }

    private boolean returnsCounts() {
        return isVerifying
                || (job.work() instanceof BackfillWork.Update && job.work().condition() != null);
    }

    private String sql(Part part, Range range) {
        String where = where(part, range);
        if (isVerifying) {
            return "SELECT 0, count(DISTINCT " + part.alias().sql() + ".ctid) FROM " + part.sql() + from(", ") + where;
        }
        if (job.work() instanceof BackfillWork.Update update) {
            String sql = "UPDATE " + part.sql() + " SET\n" + text(update.set()) + from("\nFROM\n") + where;
            return update.condition() == null
                    ? sql
                    : "WITH changed AS (" + sql + "\nRETURNING (\n" + text(update.condition())
                            + "\n) IS TRUE AS holds) SELECT count(*), count(*) FILTER (WHERE holds) FROM changed";
        }
        if (job.work() instanceof BackfillWork.Copy copy) {
            return "INSERT INTO " + copy.target().sql() + " (\n" + text(copy.columns()) + "\n) SELECT\n"
                    + text(copy.values()) + "\nFROM " + part.sql() + where
                    + (copy.skipsExisting() ? " ON CONFLICT DO NOTHING" : "");
        }
        return "DELETE FROM " + part.sql() + where;
    }

    private String where(Part part, Range range) {
        return "\nWHERE " + condition() + range.predicate(part.alias()) + exceptFailed(part.alias());
    }

    private String condition() {
        SqlExpression condition = job.work().condition();
        return condition == null ? "" : "(\n" + text(condition) + "\n) AND ";
    }

    private String from(String before) {
        @Nullable SqlExpression from = job.work() instanceof BackfillWork.Update update ? update.from() : null;
        return from == null ? "" : before + text(from);
    }

    private String exceptFailed(Identifier table) {
        return skipsFailed
                ? " AND "
                        + axis.elsewhere(
                                table,
                                "failed_row",
                                ranges.sql() + " WHERE job = ? AND part = CAST(? AS oid) AND state = 'failed'")
                : "";
    }

    private static String text(SqlExpression sql) {
        return new AuthorSql(sql).forPreparedStatement();
    }
}
