package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Constraint;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

@Describe(
        "Adds a foreign key in two steps: NOT VALID under locks held for a moment on both tables, then VALIDATE, which"
                + " reads the tables while the application goes on.")
public record AddForeignKey(
        @Describe("the referencing table") QualifiedName tableName,
        @Describe("its columns") List<Identifier> columnNames,
        @Describe("the referenced table") QualifiedName referencedTableName,

        @Describe("its columns; default: its primary key") @Nullable
        List<Identifier> referencedColumnNames,

        @Describe("default: table_columns_fkey, as PostgreSQL would name it") @Nullable
        Identifier constraintName,

        @Describe("what becomes of a row whose referenced row is deleted; default NO ACTION") @Nullable
        ReferentialAction onDelete,

        @Describe("what becomes of a row whose referenced key changes; default NO ACTION") @Nullable
        ReferentialAction onUpdate,

        @Describe("whether a transaction may put off the check to its end; default false") @Nullable
        Boolean isDeferrable,

        @Describe("whether it is put off without being asked; default false") @Nullable
        Boolean initiallyDeferred,

        @Describe("whether the existing rows are checked too; default true") @Nullable
        Boolean validate)
        implements Operation {

    public AddForeignKey {
        columnNames = List.copyOf(columnNames);
        if (Boolean.TRUE.equals(initiallyDeferred) && !Boolean.TRUE.equals(isDeferrable)) {
            throw new IllegalArgumentException("initiallyDeferred needs isDeferrable");
        }
    }

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "addForeignKey " + name());
        Table table = requirements.table(tableName);
        Table referenced = requirements.table(referencedTableName);
        requirements.columns(table, columnNames);
        List<Identifier> keys = referencedColumnNames == null ? referenced.primaryKey() : referencedColumnNames;
        requirements.columns(referenced, keys);
        boolean known = referenced.kind() != Table.Kind.ASSUMED;
        requirements.require(
                !known || !keys.isEmpty(),
                "table " + referenced.name() + " has no primary key; give referencedColumnNames");
        requirements.require(
                keys.isEmpty() || keys.size() == columnNames.size(),
                columnNames.size() + " columns can't reference " + keys.size() + " columns " + keys);
        requirements.check();
        String definition = definition(referenced, keys);
        Optional<Constraint> existing = catalog.constraint(table.name(), name());
        existing.ifPresent(constraint -> requirements.require(
                constraint.definition().equals(definition),
                "a constraint " + name() + " of " + table.name() + " exists and differs.\n      wanted: " + definition
                        + "\n      exists: " + constraint.definition()));
        requirements.check();
        return new Plan(
                "addForeignKey " + name() + " on " + table.name(),
                steps(table.name(), referenced.name(), definition),
                warnings(catalog, table));
    }

    private List<Step> steps(QualifiedName table, QualifiedName referenced, String definition) {
        Step drop = ConstraintSteps.drop(table, name(), both(table, referenced, LockMode.ACCESS_EXCLUSIVE));
        Step add = ConstraintSteps.addNotValid(
                        table, name(), definition, both(table, referenced, LockMode.SHARE_ROW_EXCLUSIVE))
                .undoneBy(drop);
        Step validated = ConstraintSteps.validate(
                table,
                name(),
                List.of(new Lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE), new Lock(referenced, LockMode.ROW_SHARE)));
        return Boolean.FALSE.equals(validate) ? List.of(add) : List.of(add, validated.takingBack(add));
    }

    private static List<Lock> both(QualifiedName table, QualifiedName referenced, LockMode mode) {
        Lock lock = new Lock(table, mode);
        return table.equals(referenced) ? List.of(lock) : List.of(lock, new Lock(referenced, mode));
    }

    private List<String> warnings(Catalog catalog, Table table) {
        return catalog.isCoveredByIndex(table.name(), columnNames)
                ? List.of()
                : List.of("no index of " + table.name() + " starts with " + columnNames
                        + ": every DELETE or key UPDATE in " + referencedTableName + " reads the whole table");
    }

    private String definition(Table referenced, List<Identifier> keys) {
        return Constraint.foreignKey(
                columnNames,
                referenced.name(),
                keys,
                action(" ON UPDATE ", onUpdate)
                        + action(" ON DELETE ", onDelete)
                        + (Boolean.TRUE.equals(isDeferrable) ? " DEFERRABLE" : "")
                        + (Boolean.TRUE.equals(initiallyDeferred) ? " INITIALLY DEFERRED" : ""));
    }

    private static String action(String event, @Nullable ReferentialAction action) {
        return action == null || action == ReferentialAction.NO_ACTION ? "" : event + action.sql();
    }

    private Identifier name() {
        return constraintName != null
                ? constraintName
                : tableName
                        .name()
                        .withSuffix("_"
                                + columnNames.stream().map(Identifier::value).collect(Collectors.joining("_"))
                                + "_fkey");
    }
}
