package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.SqlLexer;
import dev.expandcontract.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the work done twice on a row comes to the same as done once. In doubt it does not. */
final class Repeatable {
    private Repeatable() {}

    /** @param assigned the columns that SET assigns */
    static boolean is(BackfillJob job, List<Column> assigned, Connection connection, Planning planning)
            throws SQLException {
        if (job.work() instanceof BackfillWork.Update update) {
            return !readsWholeRow(update, job.table().name())
                    && VaryingCalls.of(connection, update.set(), update.from()).isEmpty()
                    && isPlannedWithout(job, update, assigned, TableFacts.columns(connection, job.table()), planning);
        }
        return job.work() instanceof BackfillWork.Delete;
    }

    /** PostgreSQL knows best: the values are read from the table without the columns that they are assigned to. */
    private static boolean isPlannedWithout(
            BackfillJob job, BackfillWork.Update update, List<Column> assigned, List<Column> columns, Planning planning)
            throws SQLException {
        String others = columns.stream()
                .filter(column -> !assigned.contains(column) && !column.isGenerated())
                .map(column -> column.name().sql())
                .collect(Collectors.joining(", "));
        String values = SqlText.splitAtCommas(update.set().text()).stream()
                .map(assignment -> "(\n" + assignment.substring(assignment.indexOf('=') + 1) + "\n)")
                .collect(Collectors.joining(", "));
        String from = update.from() == null ? "" : ",\n" + update.from();
        return planning.rejection("EXPLAIN SELECT " + values + " FROM (SELECT " + others + " FROM "
                        + job.table().sql() + ") AS " + job.table().name().sql() + from)
                .isEmpty();
    }

    /** The row as a whole has the assigned columns in it. */
    private static boolean readsWholeRow(BackfillWork.Update update, Identifier table) {
        List<SqlLexer.Token> tokens = SqlLexer.tokens(update.set().text()).stream()
                .filter(token -> !token.text().isBlank())
                .toList();
        String quoted = '"' + table.value().replace("\"", "\"\"") + '"';
        for (int i = 0; i < tokens.size(); i++) {
            boolean named = tokens.get(i).text().equalsIgnoreCase(table.value())
                    || tokens.get(i).text().equals(quoted);
            boolean column = i + 2 < tokens.size()
                    && tokens.get(i + 1).is(".")
                    && !tokens.get(i + 2).is("*");
            if (named && !column) {
                return true;
            }
        }
        return false;
    }
}
