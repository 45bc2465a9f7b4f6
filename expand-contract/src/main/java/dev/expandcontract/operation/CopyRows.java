package dev.expandcontract.operation;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Column;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@Describe("Copies the rows of a table into another one in batches, each in a short transaction that also keeps the"
        + " position: killed anywhere, it goes on where it was, and no row is copied twice."
        + " Rows that come or are changed while it runs are not copied again: that takes a trigger.")
@NoUndo("Which rows of the target were copied is not known afterwards: leave the rollback empty, or write one.")
public record CopyRows(
        @Describe("the table that is read; it needs a primary or unique key")
        QualifiedName tableName,

        @Describe("the table that is filled") QualifiedName targetTableName,

        @Describe("columns of the target; default: those that both tables have") @Nullable
        List<Identifier> columnNames,

        @Describe("for each column an expression over the table; default: its column of the same name") @Nullable
        List<SqlExpression> expressions,

        @Describe("which rows; default: all") @Nullable SqlExpression condition,

        @Describe("whether rows that the target has already are left out, by its unique keys; default: false, then"
                + " they are told as failures")
        @Nullable
        Boolean skipExisting,

        @Describe("by which its progress is found; default: table.copy.target") @Nullable
        String backfillName,

        @Describe("how many share the work, each on a connection of its own; default: 1") @Nullable
        Integer workers,

        @Describe("share of the time in which a worker works, in percent; default: 100") @Nullable
        Integer speed,

        @Describe(BatchedRows.MODE) @Nullable BackfillMode mode)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        BatchedRows rows = new BatchedRows(catalog, "copyRows " + name(), tableName);
        Table target = rows.requirements().tableOfRows(targetTableName);
        rows.requirements().check();
        rows.expression("condition", condition);
        List<Identifier> columns = columns(rows, target);
        List<SqlExpression> values = values(rows, columns);
        return rows.plan(
                "Copy rows of " + rows.table().name() + " to " + target.name() + " in batches",
                name(),
                new BackfillWork.Copy(
                        target.name(),
                        list(columns.stream().map(Identifier::sql).toList()),
                        list(values.stream().map(SqlExpression::text).toList()),
                        condition,
                        Boolean.TRUE.equals(skipExisting)),
                rows.manner(AxisKind.KEY, workers, speed, mode),
                LockMode.ACCESS_SHARE,
                new Lock(target.name(), LockMode.ROW_EXCLUSIVE));
    }

    private String name() {
        return backfillName != null
                ? backfillName
                : tableName.name().value() + ".copy." + targetTableName.name().value();
    }

    private List<Identifier> columns(BatchedRows rows, Table target) {
        if (columnNames != null) {
            rows.requirements().columns(target, columnNames);
            return columnNames;
        }
        List<Identifier> both = target.columns().stream()
                .map(Column::name)
                .filter(rows.table()::has)
                .toList();
        rows.requirements()
                .require(
                        !both.isEmpty(),
                        "tables " + rows.table().name() + " and " + target.name()
                                + " have no column of the same name: give columnNames and expressions");
        rows.requirements().check();
        return both;
    }

    private List<SqlExpression> values(BatchedRows rows, List<Identifier> columns) {
        if (expressions == null) {
            rows.requirements().columns(rows.table(), columns);
            rows.requirements().check();
            return columns.stream()
                    .map(column -> new SqlExpression(rows.table().name().name().sql() + "." + column.sql()))
                    .toList();
        }
        rows.requirements()
                .require(
                        expressions.size() == columns.size(),
                        "there are %d expressions for %d columns (%s)"
                                .formatted(
                                        expressions.size(),
                                        columns.size(),
                                        columns.stream().map(Identifier::sql).collect(Collectors.joining(", "))));
        rows.requirements().check();
        return expressions;
    }

    private static SqlExpression list(List<String> parts) {
        return new SqlExpression(String.join(", ", parts));
    }
}
