package dev.expandcontract.operation;

import static dev.expandcontract.operation.ConstraintSteps.lock;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Constraint;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Describe(
        "Adds a check constraint in two steps: NOT VALID under a lock held for a moment, then VALIDATE, which reads the"
                + " table while the application goes on.")
public record AddCheck(
        @Describe("the table") QualifiedName tableName,
        @Describe("the condition that every row must meet") SqlExpression condition,
        @Describe("the constraint's name") Identifier constraintName,

        @Describe("whether the existing rows are checked too; default true") @Nullable
        Boolean validate)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "addCheck " + constraintName);
        Table table = requirements.table(tableName);
        requirements.check();
        QualifiedName name = table.name();
        requirements.expression("condition", condition);
        requirements.check();
        catalog.rejection("SELECT FROM " + name.sql() + " WHERE (" + condition.closed() + ")")
                .ifPresent(reason -> requirements.problem(
                        "PostgreSQL does not accept the condition: " + reason + "\n      " + condition));
        requirements.check();
        Constraint existing = catalog.constraint(name, constraintName).orElse(null);
        if (existing != null) {
            requirements.require(
                    existing.isCheckOf(condition, name, catalog),
                    "a constraint " + constraintName + " of " + name + " exists and differs.\n      wanted: CHECK ("
                            + condition + ")\n      exists: " + existing.definition()
                            + "\n    Give another constraintName, or drop the existing one first.");
        }
        requirements.check();
        return new Plan("addCheck " + constraintName + " on " + name, steps(name), requirements.warnings());
    }

    private List<Step> steps(QualifiedName table) {
        Step drop = ConstraintSteps.drop(table, constraintName, lock(table, LockMode.ACCESS_EXCLUSIVE));
        Step add = ConstraintSteps.addNotValid(
                        table,
                        constraintName,
                        "CHECK (" + condition.closed() + ")",
                        lock(table, LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(drop);
        Step validated = ConstraintSteps.validate(table, constraintName, lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE));
        return Boolean.FALSE.equals(validate) ? List.of(add) : List.of(add, validated.takingBack(add));
    }
}
