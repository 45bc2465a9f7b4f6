package dev.expandcontract.operation;

import static dev.expandcontract.operation.ConstraintSteps.lock;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;

@Describe("Validates a constraint that was added NOT VALID: reads the table while the application goes on.")
@NoUndo("A constraint that holds does no harm: leave the rollback empty.")
public record ValidateConstraint(
        @Describe("the table") QualifiedName tableName,
        @Describe("its check or foreign key constraint") Identifier constraintName)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "validateConstraint " + constraintName);
        Table table = requirements.table(tableName);
        requirements.check();
        requirements.require(
                table.kind() == Table.Kind.ASSUMED
                        || catalog.constraint(table.name(), constraintName).isPresent(),
                "table " + table.name() + " has no constraint " + constraintName);
        requirements.check();
        return new Plan(
                "validateConstraint " + constraintName + " on " + table.name(),
                List.of(ConstraintSteps.validate(
                        table.name(), constraintName, lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))));
    }
}
