package dev.expandcontract.operation;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@Describe("Updates the rows of a table in batches, each in a short transaction that also keeps the position: killed"
        + " anywhere, it goes on where it was, and no row is changed twice. Partitions are done one after the other."
        + " Rows that come while it runs are looked for only where there is a condition.")
@NoUndo("The values from before are gone: leave the rollback empty, or write one that sets the columns back.")
public record Backfill(
        @Describe("the table; without a primary or unique key it needs a condition")
        QualifiedName tableName,

        @Describe("assignments, as after UPDATE … SET") SqlExpression set,

        @Describe("which rows; default: all. Rows for which it still holds are looked for until there are none")
        @Nullable
        SqlExpression condition,

        @Describe("other tables, as after UPDATE … FROM; the condition joins them") @Nullable
        SqlExpression fromClause,

        @Describe("by which its progress is found; default: table.columns") @Nullable
        String backfillName,

        @Describe("the order: along a key, or block by block as the rows lie on disk, which needs a condition;"
                + " default: as the statistics say")
        @Nullable
        AxisKind axis,

        @Describe("how many share the work, each on a connection of its own; default: 1") @Nullable
        Integer workers,

        @Describe("share of the time in which a worker works, in percent; default: 100") @Nullable
        Integer speed,

        @Describe(BatchedRows.MODE) @Nullable BackfillMode mode)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        BatchedRows rows = new BatchedRows(catalog, "backfill " + name(), tableName);
        Table table = rows.table();
        rows.expression("set", set);
        rows.expression("condition", condition);
        rows.expression("fromClause", fromClause);
        Action.Manner manner = rows.manner(axis, workers, speed, mode);
        return rows.plan(
                "Update " + columns(", ") + " of " + table.name() + " in batches",
                name(),
                new BackfillWork.Update(set, fromClause, condition),
                manner,
                LockMode.ROW_EXCLUSIVE);
    }

    private String name() {
        return backfillName != null ? backfillName : tableName.name().value() + "." + columns(",");
    }

    /** What is assigned to. */
    private String columns(String separator) {
        return SqlText.splitAtCommas(set.text()).stream()
                .map(assignment -> assignment.split("=", 2)[0].strip())
                .collect(Collectors.joining(separator));
    }
}
