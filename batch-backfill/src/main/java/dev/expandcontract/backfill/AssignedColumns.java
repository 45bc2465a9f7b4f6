package dev.expandcontract.backfill;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which columns a job's SET assigns. PostgreSQL knows best: it refuses to assign a column twice, before it has anything
 * else against an assignment. So the columns are halved until each is known.
 */
final class AssignedColumns {
    private static final String SYNTAX_ERROR = "42601";

    private final BackfillJob job;
    private final BackfillWork.Update update;
    private final Planning planning;

    private AssignedColumns(BackfillJob job, BackfillWork.Update update, Planning planning) {
        this.job = job;
        this.update = update;
        this.planning = planning;
    }

    /** @param job whose statement PostgreSQL has planned without a complaint */
    static List<Column> of(BackfillJob job, BackfillWork.Update update, List<Column> columns, Planning planning)
            throws SQLException {
        return new AssignedColumns(job, update, planning).among(columns);
    }

    private List<Column> among(List<Column> columns) throws SQLException {
        if (columns.isEmpty() || !isAnyAssigned(columns)) {
            return List.of();
        }
        if (columns.size() == 1) {
            return columns;
        }
        int half = columns.size() / 2;
        return Stream.concat(
                        among(columns.subList(0, half)).stream(), among(columns.subList(half, columns.size())).stream())
                .toList();
    }

    private boolean isAnyAssigned(List<Column> columns) throws SQLException {
        String table = job.table().name().sql();
        String themselves = columns.stream()
                .map(column -> column.name().sql())
                .map(name -> name + " = " + table + '.' + name)
                .collect(Collectors.joining(", "));
        String from = update.from() == null ? "" : "\nFROM\n" + update.from();
        return planning.rejection("EXPLAIN UPDATE " + job.table().sql() + " SET " + themselves + ",\n" + update.set()
                        + from + "\nWHERE false")
                .filter(e -> SYNTAX_ERROR.equals(e.getSQLState()))
                .isPresent();
    }
}
