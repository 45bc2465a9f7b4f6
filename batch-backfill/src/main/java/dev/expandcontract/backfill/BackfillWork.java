package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import org.jspecify.annotations.Nullable;

/** What is done with the rows of a table, batch by batch. All of its SQL calls the table by its bare name. */
public sealed interface BackfillWork {
    /** Which rows; null for all. */
    @Nullable
    SqlExpression condition();

    /** The same, for other rows. */
    BackfillWork withCondition(@Nullable SqlExpression rows);

    /** As the state table has it: {@code update}, {@code delete} or {@code copy}. */
    String kind();

    /** The one statement that would do the same at once, as its author thinks of it. */
    String definition(QualifiedName table);

    /**
     * {@code UPDATE table SET <set> FROM <from> WHERE (<condition>)}.
     *
     * @param from what stands after FROM; joined to the table by the condition
     */
    record Update(
            SqlExpression set,
            @Nullable SqlExpression from,
            @Nullable SqlExpression condition) implements BackfillWork {
        @Override
        public Update withCondition(@Nullable SqlExpression rows) {
            return new Update(set, from, rows);
        }

        @Override
        public String kind() {
            return "update";
        }

        @Override
        public String definition(QualifiedName table) {
            return "UPDATE " + table.sql() + " SET " + set.closed() + (from == null ? "" : " FROM " + from.closed())
                    + where(condition);
        }
    }

    /** {@code DELETE FROM table WHERE (<condition>)}. */
    record Delete(@Nullable SqlExpression condition) implements BackfillWork {
        @Override
        public Delete withCondition(@Nullable SqlExpression rows) {
            return new Delete(rows);
        }

        @Override
        public String kind() {
            return "delete";
        }

        @Override
        public String definition(QualifiedName table) {
            return "DELETE FROM " + table.sql() + where(condition);
        }
    }

    /**
     * {@code INSERT INTO target (<columns>) SELECT <values> FROM table WHERE (<condition>)}. Rows that the target has
     * already are left as they are where {@code skipsExisting}; else they are bad rows.
     *
     * @param target with its schema
     * @param columns of the target, separated by commas
     * @param values for each of them an expression over the table
     */
    record Copy(
            QualifiedName target,
            SqlExpression columns,
            SqlExpression values,
            @Nullable SqlExpression condition,
            boolean skipsExisting)
            implements BackfillWork {
        @Override
        public Copy withCondition(@Nullable SqlExpression rows) {
            return new Copy(target, columns, values, rows, skipsExisting);
        }

        @Override
        public String kind() {
            return "copy";
        }

        @Override
        public String definition(QualifiedName table) {
            return "INSERT INTO " + target.sql() + " (" + columns.closed() + ") SELECT " + values.closed() + " FROM "
                    + table.sql() + where(condition) + (skipsExisting ? " ON CONFLICT DO NOTHING" : "");
        }
    }

    private static String where(@Nullable SqlExpression condition) {
        return condition == null ? "" : " WHERE (" + condition.closed() + ")";
    }
}
