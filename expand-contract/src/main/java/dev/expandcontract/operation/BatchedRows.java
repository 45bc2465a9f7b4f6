package dev.expandcontract.operation;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operations have in common that work on the rows of a table in batches. */
final class BatchedRows {
    static final String MODE =
            "inline: the migration waits; background: it registers the backfill and goes on, others run it;"
                    + " auto: background where there is a worker and the table has 100,000 rows or more; default: backfill.mode of"
                    + " the settings, which is auto";

    private final Catalog catalog;
    private final String subject;
    private final Requirements requirements;
    private final Table table;

    BatchedRows(Catalog catalog, String subject, QualifiedName tableName) {
        this.catalog = catalog;
        this.subject = subject;
        this.requirements = new Requirements(catalog, subject);
        this.table = requirements.tableOfRows(tableName);
        requirements.check();
    }

    Table table() {
        return table;
    }

    Requirements requirements() {
        return requirements;
    }

    void expression(String attribute, @Nullable SqlExpression sql) {
        if (sql != null) {
            requirements.expression(attribute, sql);
        }
    }

    Action.Manner manner(
            @Nullable AxisKind axis, @Nullable Integer workers, @Nullable Integer speed, @Nullable BackfillMode mode) {
        try {
            return new Action.Manner(axis, workers, speed, mode);
        } catch (IllegalArgumentException e) {
            requirements.problem(String.valueOf(e.getMessage()));
            return new Action.Manner(null, null, null, mode);
        }
    }

    /**
     * One step, once PostgreSQL has nothing against the statement.
     *
     * @param name of the backfill
     * @param mode of the lock on the table
     * @param others locks on other tables
     */
    Plan plan(String description, String name, BackfillWork work, Action.Manner manner, LockMode mode, Lock... others) {
        requirements.check();
        Action.Batches batches = new Action.Batches(name, table.name(), work, manner);
        catalog.rejection(batches.sql())
                .ifPresent(reason -> requirements.problem(
                        "PostgreSQL does not accept the statement: " + reason + "\n      " + batches.sql()));
        requirements.check();
        List<Lock> locks = new ArrayList<>(List.of(others));
        if (mode != LockMode.ACCESS_SHARE) {
            locks.add(0, new Lock(table.name(), mode));
        }
        return new Plan(subject, List.of(new Step(description, batches, locks, new DoneWhen.ByItself(), null)));
    }
}
