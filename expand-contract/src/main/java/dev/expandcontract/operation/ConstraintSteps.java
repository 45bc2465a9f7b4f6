package dev.expandcontract.operation;

import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlLiteral;
import java.util.List;

/** The steps by which constraints come and go. */
final class ConstraintSteps {
    private ConstraintSteps() {}

    /** NOT VALID: from now on every written row is checked, the old ones are not read. */
    static Step addNotValid(QualifiedName table, Identifier name, String definition, List<Lock> locks) {
        return Step.shortly(
                "Add constraint " + name + " to " + table + ", not valid yet",
                "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID".formatted(table.sql(), name.sql(), definition),
                locks,
                new DoneWhen.Catalogue(exists(table, name, "true")));
    }

    static Step validate(QualifiedName table, Identifier name, List<Lock> locks) {
        return Step.longRunning(
                "Validate constraint " + name + " of " + table,
                "ALTER TABLE %s VALIDATE CONSTRAINT %s".formatted(table.sql(), name.sql()),
                locks,
                new DoneWhen.Catalogue(exists(table, name, "convalidated")));
    }

    static Step drop(QualifiedName table, Identifier name, List<Lock> locks) {
        return Step.shortly(
                "Drop constraint " + name + " of " + table,
                "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s".formatted(table.sql(), name.sql()),
                locks,
                new DoneWhen.Catalogue("NOT " + exists(table, name, "true")));
    }

    static List<Lock> lock(QualifiedName table, LockMode mode) {
        return List.of(new Lock(table, mode));
    }

    /** The same step, done as well when the other expression is true. */
    static Step orDoneWhen(Step step, String expression) {
        String own = ((DoneWhen.Catalogue) step.doneWhen()).sql();
        return step.doneWhen(new DoneWhen.Catalogue(own + " OR " + expression));
    }

    private static String exists(QualifiedName table, Identifier name, String condition) {
        return "EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = %s AND %s)"
                .formatted(SqlLiteral.of(table.sql()), SqlLiteral.of(name.value()), condition);
    }
}
