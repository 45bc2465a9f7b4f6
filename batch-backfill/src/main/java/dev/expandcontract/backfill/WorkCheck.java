package dev.expandcontract.backfill;

import dev.expandcontract.sql.ServerMessage;
import dev.expandcontract.sql.SqlExpression;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong with an author's SQL by letting PostgreSQL plan it. */
final class WorkCheck {
    private final BackfillJob job;
    private final Planning planning;
    private final List<String> problems = new ArrayList<>();

    WorkCheck(BackfillJob job, Planning planning) {
        this.job = job;
        this.planning = planning;
    }

    /** In words, each with the place that PostgreSQL points at; empty if it plans all of it. */
    List<String> problems() throws SQLException {
        BackfillWork work = job.work();
        if (areWhole(work)) {
            if (work instanceof BackfillWork.Update update) {
                update(update);
            } else if (work instanceof BackfillWork.Copy copy) {
                copy(copy);
            } else {
                condition("EXPLAIN DELETE FROM " + table() + " WHERE (\n");
            }
        }
        return problems;
    }

    private boolean areWhole(BackfillWork work) {
        if (work instanceof BackfillWork.Update update) {
            isWhole("set", update.set());
            isWhole("from", update.from());
        } else if (work instanceof BackfillWork.Copy copy) {
            isWhole("columns", copy.columns());
            isWhole("values", copy.values());
        }
        isWhole("condition", work.condition());
        return problems.isEmpty();
    }

    private void isWhole(String attribute, @Nullable SqlExpression sql) {
        String mistake = sql == null ? null : new AuthorSql(sql).mistake();
        if (mistake != null) {
            problems.add(attribute + ": " + mistake + ": " + sql);
        }
    }

    private void update(BackfillWork.Update update) throws SQLException {
        String explain = "EXPLAIN UPDATE " + table() + " SET\n";
        SqlExpression from = update.from();
        String others = from == null ? "" : "\nFROM\n" + from;
        boolean isGood = from == null || isPlanned("from", "EXPLAIN SELECT 1 FROM " + table() + ",\n", from, "");
        if (isGood && isPlanned("set", explain, update.set(), others + "\nWHERE false")) {
            condition(explain + update.set() + others + "\nWHERE (\n");
        } else if (isGood) {
            condition("EXPLAIN SELECT 1 FROM " + table() + (from == null ? "" : ",\n" + from) + " WHERE (\n");
        }
    }

    private void copy(BackfillWork.Copy copy) throws SQLException {
        String into = "EXPLAIN INSERT INTO " + copy.target().sql() + " (\n";
        String rest = "\nFROM " + table() + " WHERE false";
        if (isPlanned("values", "EXPLAIN SELECT\n", copy.values(), rest)) {
            isPlanned("columns", into, copy.columns(), "\n) SELECT\n" + copy.values() + rest);
        }
        condition("EXPLAIN SELECT 1 FROM " + table() + " WHERE (\n");
    }

    private void condition(String before) throws SQLException {
        SqlExpression condition = job.work().condition();
        if (condition != null) {
            isPlanned("condition", before, condition, "\n)");
        }
    }

    /** As the batches call it: by its bare name alone. */
    private String table() {
        return job.table().sql() + " AS " + job.table().name().sql();
    }

    private boolean isPlanned(String attribute, String before, SqlExpression sql, String after) throws SQLException {
        Optional<SQLException> error = planning.rejection(before + sql + after);
        error.ifPresent(e -> problems.add(attribute + ": " + inWords(e, before, sql)));
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
}
