package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@Describe("Updates the rows of a table in batches, each in a short transaction that also keeps the position: killed"
        + " anywhere, it goes on where it was, and no row is changed twice.")
@NoUndo("The values from before are gone: leave the rollback empty, or write one that sets the columns back.")
public record Backfill(
        @Describe("the table; it needs a primary or unique key")
        QualifiedName tableName,

        @Describe("assignments, as after UPDATE … SET") SqlExpression set,
        @Describe("which rows; default: all") @Nullable SqlExpression condition,

        @Describe("by which its progress is found; default: table.columns") @Nullable
        String backfillName)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "backfill " + name());
        Table table = requirements.table(tableName);
        requirements.check();
        requirements.expression("set", set);
        if (condition != null) {
            requirements.expression("condition", condition);
        }
        requirements.check();
        Action.Batches batches = new Action.Batches(name(), table.name(), set, condition);
        catalog.rejection(batches.sql())
                .ifPresent(reason -> requirements.problem(
                        "PostgreSQL does not accept the update: " + reason + "\n      " + batches.sql()));
        requirements.check();
        return new Plan(
                "backfill " + name(),
                List.of(new Step(
                        "Update " + columns(", ") + " of " + table.name() + " in batches",
                        batches,
                        List.of(new Lock(table.name(), LockMode.ROW_EXCLUSIVE)),
                        new DoneWhen.ByItself(),
                        null)));
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
