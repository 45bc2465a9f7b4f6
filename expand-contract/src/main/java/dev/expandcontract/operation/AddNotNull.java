package dev.expandcontract.operation;

import static dev.expandcontract.operation.ConstraintSteps.lock;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Column;
import dev.expandcontract.catalog.Constraint;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlLiteral;
import java.util.List;

@Describe("Makes a column NOT NULL without reading the table under a lock: first proven by a validated CHECK, which"
        + " PostgreSQL then takes as proof, and dropped; from PostgreSQL 18 by NOT NULL … NOT VALID and VALIDATE.")
public record AddNotNull(
        @Describe("the table") QualifiedName tableName,
        @Describe("the column") Identifier columnName) implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "addNotNull " + tableName + "." + columnName);
        Table table = requirements.table(tableName);
        requirements.columns(table, List.of(columnName));
        requirements.check();
        boolean isNative = catalog.serverVersion() >= 18;
        table.column(columnName).filter(column -> !isNative).ifPresent(column -> canBeProven(column, requirements));
        List<Step> steps = isNative
                ? notValidThenValidate(catalog, table.name())
                : provenByCheck(catalog, table.name(), requirements);
        requirements.check();
        return new Plan("addNotNull " + columnName + " on " + table.name(), steps);
    }

    /** IS NOT NULL asks more of a row than NOT NULL does. */
    private void canBeProven(Column column, Requirements requirements) {
        requirements.require(
                !column.isComposite() || column.isNotNull(),
                ("column %1$s is of the composite type %2$s; before PostgreSQL 18 NOT NULL can't be proven for it without"
                                + " a lock, because %1$s IS NOT NULL is false for a row with a null in any field."
                                + " Use sql while the application may wait")
                        .formatted(columnName, column.type()));
    }

    private List<Step> notValidThenValidate(Catalog catalog, QualifiedName table) {
        Constraint existing = catalog.notNull(table, columnName).orElse(null);
        Identifier name = existing != null ? existing.name() : freeName(catalog, table);
        Step validate = ConstraintSteps.validate(table, name, lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE));
        Step add = ConstraintSteps.addNotValid(
                        table, name, "NOT NULL " + columnName.sql(), lock(table, LockMode.ACCESS_EXCLUSIVE))
                .doneWhen(new DoneWhen.Catalogue(isNotNull(table)))
                .undoneBy(dropNotNull(table));
        return List.of(add, validate.takingBack(add).doneWhen(new DoneWhen.Catalogue(isProven(table))));
    }

    /** As PostgreSQL chooses it: the first that no constraint of the table has. */
    private Identifier freeName(Catalog catalog, QualifiedName table) {
        String suffix = "_" + columnName.value() + "_not_null";
        Identifier name = tableName.name().withSuffix(suffix);
        for (int i = 1; catalog.constraint(table, name).isPresent(); i++) {
            name = tableName.name().withSuffix(suffix + i);
        }
        return name;
    }

    private List<Step> provenByCheck(Catalog catalog, QualifiedName table, Requirements requirements) {
        Identifier proof = tableName.name().withSuffix("_" + columnName.value() + "_not_null_proof");
        SqlExpression condition = new SqlExpression(columnName.sql() + " IS NOT NULL");
        catalog.constraint(table, proof)
                .ifPresent(constraint -> requirements.require(
                        constraint.isCheckOf(condition, table, catalog),
                        "the name " + proof + " is taken by another constraint: " + constraint.definition()));
        Step drop = ConstraintSteps.drop(table, proof, lock(table, LockMode.ACCESS_EXCLUSIVE));
        Step validate = ConstraintSteps.validate(table, proof, lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE));
        Step add = ConstraintSteps.orDoneWhen(
                ConstraintSteps.addNotValid(
                                table, proof, "CHECK (" + condition + ")", lock(table, LockMode.ACCESS_EXCLUSIVE))
                        .undoneBy(drop),
                isNotNull(table));
        return List.of(
                add,
                ConstraintSteps.orDoneWhen(validate.takingBack(add), isNotNull(table)),
                Step.shortly(
                                "Set " + table + "." + columnName + " NOT NULL, as proven by " + proof,
                                "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL".formatted(table.sql(), columnName.sql()),
                                lock(table, LockMode.ACCESS_EXCLUSIVE),
                                new DoneWhen.Catalogue(isNotNull(table)))
                        .undoneBy(dropNotNull(table)),
                drop);
    }

    private Step dropNotNull(QualifiedName table) {
        return Step.shortly(
                "Allow nulls in " + table + "." + columnName,
                "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL".formatted(table.sql(), columnName.sql()),
                lock(table, LockMode.ACCESS_EXCLUSIVE),
                new DoneWhen.Catalogue("NOT " + isNotNull(table)));
    }

    private String isNotNull(QualifiedName table) {
        return "EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s AND attname = %s AND attnotnull)"
                .formatted(regclass(table), SqlLiteral.of(columnName.value()));
    }

    private String isProven(QualifiedName table) {
        return isNotNull(table)
                + " AND NOT EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid"
                + " AND k.conkey = ARRAY[a.attnum] WHERE k.conrelid = " + regclass(table) + " AND a.attname = "
                + SqlLiteral.of(columnName.value()) + " AND k.contype = 'n' AND NOT k.convalidated)";
    }

    private static String regclass(QualifiedName table) {
        return "to_regclass(" + SqlLiteral.of(table.sql()) + ")";
    }
}
