package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Action;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Batches as SQL that a person runs by hand. Reads the keys first and so meets each row once, whatever is done with it. The
 * loop's query outlives the commits because PostgreSQL keeps its result.
 */
record BatchesScript(Catalog catalog, Action.Batches batches) {
    private static final int ROWS_PER_COMMIT = 1000;

    private static final String ROW = "expand_contract_row";

    String sql() {
        List<Identifier> key = catalog.table(batches.table())
                .map(Table::primaryKey)
                .filter(columns -> !columns.isEmpty())
                .orElse(List.of());
        if (key.isEmpty()) {
            return "-- No primary key is known here: one statement, one transaction.\n" + batches.sql();
        }
        String body = """

                DECLARE
                    expand_contract_row record;
                    expand_contract_rows bigint := 0;
                BEGIN
                    FOR expand_contract_row IN SELECT %s FROM %s%s LOOP
                        %s;
                        expand_contract_rows := expand_contract_rows + 1;
                        IF expand_contract_rows %% %d = 0 THEN
                            COMMIT;
                        END IF;
                    END LOOP;
                END
                """.formatted(
                        joined(key, ""), batches.table().sql(), condition(" WHERE "), statement(key), ROWS_PER_COMMIT);
        String tag = tagFor(body);
        return "DO " + tag + body + tag;
    }

    private String statement(List<Identifier> key) {
        String table = batches.table().sql();
        String where = " WHERE (%s) = (%s)%s"
                .formatted(joined(key, batches.table().name().sql() + "."), joined(key, ROW + "."), condition(" AND "));
        if (batches.work() instanceof BackfillWork.Update update) {
            SqlExpression from = update.from();
            String others = from == null ? "" : " FROM " + from.closed();
            return "UPDATE " + table + " SET " + update.set().closed() + others + where + joining(update);
        }
        if (batches.work() instanceof BackfillWork.Copy copy) {
            return "INSERT INTO " + copy.target().sql() + " (" + copy.columns().closed() + ") SELECT "
                    + copy.values().closed() + " FROM " + table + where
                    + (copy.skipsExisting() ? " ON CONFLICT DO NOTHING" : "");
        }
        return "DELETE FROM " + table + where;
    }

    /** The condition that joins other tables can't be asked of the table alone. */
    private static String joining(BackfillWork.Update update) {
        return update.from() == null || update.condition() == null ? "" : " AND (" + update.condition() + "\n)";
    }

    private String condition(String before) {
        boolean needsOthers = batches.work() instanceof BackfillWork.Update update && update.from() != null;
        SqlExpression condition = batches.work().condition();
        return condition == null || needsOthers ? "" : before + "(" + condition + "\n)";
    }

    private static String joined(List<Identifier> key, String prefix) {
        return key.stream().map(column -> prefix + column.sql()).collect(Collectors.joining(", "));
    }

    private static String tagFor(String body) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> n == 0 ? "$$" : "$do" + n + "$")
                .filter(tag -> !body.contains(tag))
                .findFirst()
                .orElseThrow();
    }
}
