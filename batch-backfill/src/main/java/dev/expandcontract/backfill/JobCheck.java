package dev.expandcontract.backfill;

import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.ServerMessage;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds what is wrong with a job by letting PostgreSQL plan its statement, and reading the catalogue. Changes nothing. */
final class JobCheck {
    private final BackfillJob job;
    private final Connection connection;
    private final Planning planning;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private List<Column> assigned = List.of();

    private JobCheck(BackfillJob job, Connection connection) {
        this.job = job;
        this.connection = connection;
        this.planning = new Planning(connection);
    }

    /**
     * @param table its oid; 0 if it is not there
     * @param keys that the job may follow, best first; at least one where there are no problems
     * @param assigned the columns that the SET assigns; empty where PostgreSQL does not understand the statement
     */
    record Findings(List<Problem> problems, long table, List<Key> keys, List<Column> assigned) {
        Findings {
            problems = List.copyOf(problems);
            keys = List.copyOf(keys);
            assigned = List.copyOf(assigned);
        }
    }

    static Findings look(Connection lent, BackfillJob job, StateTable state) throws SQLException {
        String settings = Transactions.waitingUpTo(job.options().lockBudget()) + "; SET LOCAL row_security = off";
        return Transactions.read(lent, settings, connection -> {
            var check = new JobCheck(job, connection);
            check.all(state);
            return new Findings(check.problems, TableFacts.oid(connection, job.table()), check.keys, check.assigned);
        });
    }

    private void all(StateTable state) throws SQLException {
        boolean setIsWhole = isWellFormed("set", job.set());
        boolean conditionIsWhole = job.condition() == null || isWellFormed("condition", job.condition());
        Optional<String> noTable = TableFacts.hindrance(connection, job.table());
        noTable.ifPresent(this::problem);
        if (noTable.isEmpty()) {
            boolean planned = setIsWhole && conditionIsWhole && isPlanned();
            findKeys(planned);
        }
        state.hindrance(connection).ifPresent(this::problem);
    }

    private boolean isWellFormed(String attribute, SqlExpression sql) {
        String mistake = new AuthorSql(sql).mistake();
        if (mistake != null) {
            problem(attribute + ": " + mistake + ": " + sql);
        }
        return mistake == null;
    }

    private boolean isPlanned() throws SQLException {
        String update = "EXPLAIN UPDATE " + job.table().sql() + " SET\n";
        boolean setIsGood = isPlanned("set", update, job.set(), "\nWHERE false");
        if (job.condition() == null) {
            return setIsGood;
        }
        if (setIsGood) {
            return isPlanned("condition", update + job.set() + "\nWHERE (\n", job.condition(), "\n)");
        }
        isPlanned("condition", "EXPLAIN SELECT 1 FROM " + job.table().sql() + " WHERE (\n", job.condition(), "\n)");
        return false;
    }

    private boolean isPlanned(String attribute, String before, SqlExpression sql, String after) throws SQLException {
        Optional<SQLException> error = planning.rejection(before + sql + after);
        error.ifPresent(e -> problem(attribute + ": " + inWords(e, before, sql)));
        return error.isEmpty();
    }

    private static String inWords(SQLException e, String before, SqlExpression sql) {
        ServerMessage message = ServerMessage.of(e);
        int position = message.position() - before.codePointCount(0, before.length());
        int length = sql.text().codePointCount(0, sql.text().length());
        return position < 1 || position > length
                ? message + ": " + sql
                : message + ", at character " + position + " of: " + sql;
    }

    private void findKeys(boolean planned) throws SQLException {
        KeyFinder.Keys found = KeyFinder.keys(connection, job.table());
        if (found.usable().isEmpty()) {
            problem("table " + job.table() + " has no key to go along: a backfill needs a primary key, or a valid,"
                    + " non-partial, not deferrable unique index on NOT NULL columns"
                    + (found.unusable().isEmpty() ? "" : " (" + String.join("; ", found.unusable()) + ")"));
            return;
        }
        List<Identifier> changed = planned ? changedColumns() : List.of();
        Cascade cascade = Cascade.of(connection, job.table());
        for (Key key : found.usable()) {
            if (Collections.disjoint(key.columns(), changed) && !cascade.moves(key, changed)) {
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            Key best = found.usable().get(0);
            problem("set: changes " + best + ", the key of " + job.table() + " that the batches follow"
                    + (Collections.disjoint(best.columns(), changed) ? ", by way of a foreign key with ON UPDATE" : "")
                    + ": a row could be met twice, or never: " + job.set());
        }
    }

    /** Those that the SET assigns, and the generated ones, which may follow them. */
    private List<Identifier> changedColumns() throws SQLException {
        List<Column> columns = TableFacts.columns(connection, job.table());
        assigned = AssignedColumns.of(job, columns, planning);
        return columns.stream()
                .filter(column -> column.isGenerated() || assigned.contains(column))
                .map(Column::name)
                .toList();
    }

    private void problem(String message) {
        problems.add(Problem.of(message));
    }
}
