package dev.expandcontract.liquibase;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.List;
import java.util.stream.Stream;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ChangeSetFilter;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.command.CommandScope;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.UnexpectedLiquibaseException;

/**
 * Checks the online changes in the rollback blocks of all pending changeSets, before the first of them runs. Liquibase
 * itself looks at them only when it rolls back, and that is when nobody has the time to correct a changelog.
 */
final class RollbackBlocks extends AbstractChangeExecListener {
    private final CommandScope update;
    private boolean checked;

    RollbackBlocks(CommandScope update) {
        this.update = update;
    }

    /** @throws InvalidOperation with every mistake in all of them */
    @Override
    public void willRun(
            ChangeSet changeSet, DatabaseChangeLog changelog, Database database, ChangeSet.RunStatus status) {
        if (checked) {
            return;
        }
        checked = true;
        List<ChangeSetFilter> filters = filters(database);
        List<Problem> problems = changelog.getChangeSets().stream()
                .filter(each ->
                        filters.stream().allMatch(filter -> filter.accepts(each).isAccepted()))
                .flatMap(pending -> problems(pending, database))
                .toList();
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
    }

    private static Stream<Problem> problems(ChangeSet changeSet, Database database) {
        return changeSet.getRollback().getChanges().stream()
                .filter(OnlineChange.class::isInstance)
                .flatMap(change -> change.validate(database).getErrorMessages().stream())
                .map(message -> new Problem(changeSet.toString(false) + ": rollback", message));
    }

    /** Those by which the update itself chooses. */
    private List<ChangeSetFilter> filters(Database database) {
        try {
            return List.of(
                    new ContextChangeSetFilter((Contexts) update.getDependency(Contexts.class)),
                    new LabelChangeSetFilter((LabelExpression) update.getDependency(LabelExpression.class)),
                    new DbmsChangeSetFilter(database),
                    new IgnoreChangeSetFilter(),
                    new ShouldRunChangeSetFilter(database));
        } catch (DatabaseException e) {
            throw new UnexpectedLiquibaseException(e);
        }
    }
}
