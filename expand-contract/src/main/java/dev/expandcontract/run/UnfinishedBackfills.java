package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.operation.AddNotNull;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keeps operations from running that count on a column being filled while a backfill still fills it. */
final class UnfinishedBackfills {
    private UnfinishedBackfills() {}

    /**
     * @param tables as the catalogue has them, by the name that an operation gave
     * @throws InvalidOperation with the progress of each backfill that is not finished
     */
    static void refuse(Target target, Operation operation, UnaryOperator<QualifiedName> tables) {
        if (!(operation instanceof AddNotNull wanted)) {
            return;
        }
        QualifiedName table = tables.apply(wanted.tableName());
        List<BackfillStatus> unfinished =
                new BackfillEngine(target.stateSchema()).unfinished(target.connection(), table, wanted.columnName());
        if (!unfinished.isEmpty()) {
            String subject = OperationType.of(operation.getClass()).name() + " " + table + "." + wanted.columnName();
            throw new InvalidOperation(unfinished.stream()
                    .map(status -> new Problem(subject, inWords(target, status)))
                    .toList());
        }
    }

    private static String inWords(Target target, BackfillStatus status) {
        return "backfill \"%s\", which fills this column, is %s: %s. Let it finish first (awaitBackfill waits for it); if nobody needs it any more: DELETE FROM %s.expand_contract_backfill WHERE name = '%s'"
                .formatted(
                        status.name(),
                        status.state().text(),
                        status.inWords(),
                        target.stateSchema(),
                        status.name().replace("'", "''"));
    }
}
