package dev.expandcontract.operation;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import org.jspecify.annotations.Nullable;

@Describe("Deletes the rows of a table for which a condition holds in batches, each in a short transaction: killed"
        + " anywhere, it goes on where it was. Partitions are done one after the other.")
@NoUndo("The rows are gone: leave the rollback empty, or write one that brings them back.")
public record DeleteRows(
        @Describe("the table") QualifiedName tableName,

        @Describe("which rows; it is looked for them until there are none")
        SqlExpression condition,

        @Describe("by which its progress is found; default: table.delete") @Nullable
        String backfillName,

        @Describe("the order: along a key, or block by block as the rows lie on disk; default: as the statistics say")
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
        String name = backfillName != null ? backfillName : tableName.name().value() + ".delete";
        BatchedRows rows = new BatchedRows(catalog, "deleteRows " + name, tableName);
        rows.expression("condition", condition);
        return rows.plan(
                "Delete rows of " + rows.table().name() + " in batches",
                name,
                new BackfillWork.Delete(condition),
                rows.manner(axis, workers, speed, mode),
                LockMode.ROW_EXCLUSIVE);
    }
}
