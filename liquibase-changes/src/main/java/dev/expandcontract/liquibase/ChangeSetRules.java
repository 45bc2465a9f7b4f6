package dev.expandcontract.liquibase;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.ArrayList;
import java.util.List;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;

/**
 * What has to be true of a changeSet with an online change. Each changeSet is one online change, because Liquibase
 * records whole changeSets: when the second of two changes fails, the first is run again.
 */
final class ChangeSetRules {
    private final OnlineChange change;
    private final Database database;
    private final List<String> problems = new ArrayList<>();

    ChangeSetRules(OnlineChange change, Database database) {
        this.change = change;
        this.database = database;
    }

    /** @throws InvalidOperation where Liquibase would take returned errors as a reason to skip the changeSet */
    ValidationErrors check() {
        ChangeSet changeSet = change.getChangeSet();
        require(
                change.supports(database),
                "it runs on PostgreSQL only, and this database is " + database.getShortName()
                        + ". Give the changeSet dbms: postgresql, so that it is left out elsewhere");
        enabled();
        attributes(change);
        if (changeSet != null) {
            changeSet(changeSet);
        }
        if (!problems.isEmpty() && changeSet != null && isIn(changeSet) && marksRan(changeSet)) {
            throw new InvalidOperation(problems.stream()
                    .map(problem -> new Problem(String.valueOf(changeSet), problem))
                    .toList());
        }
        ValidationErrors errors = new ValidationErrors();
        problems.forEach(errors::addError);
        return errors;
    }

    private void enabled() {
        require(
                LiquibaseSettings.read().isEnabled(),
                "expandcontract.enabled is false, so nobody can run it. Remove that setting, or exclude this changeSet"
                        + " by a context or label");
    }

    private void attributes(OnlineChange checked) {
        try {
            checked.operation();
        } catch (InvalidOperation e) {
            e.problems().forEach(problem -> problems.add(problem.toString()));
        }
    }

    private void changeSet(ChangeSet changeSet) {
        require(
                !changeSet.isRunInTransaction(),
                "the changeSet needs runInTransaction: false; online operations commit step by step");
        require(changeSet.getRunWith() == null, "runWith can't be used: the pack itself runs the operation");
        if (isIn(changeSet)) {
            require(!marksRan(changeSet), "onValidationFail: MARK_RAN would record it without running it; remove it");
            require(
                    changeSet.getChanges().size() == 1,
                    "it must be the only change of its changeSet, which now has "
                            + changeSet.getChanges().size() + ": give each its own changeSet");
            require(changeSet.getSqlVisitors().isEmpty(), "modifySql can't change an online operation; remove it");
            rollbackChanges(changeSet);
        }
    }

    private void rollbackChanges(ChangeSet changeSet) {
        for (Change rollback : changeSet.getRollback().getChanges()) {
            if (rollback instanceof OnlineChange online) {
                attributes(online);
            }
        }
    }

    /** And not in its rollback block. */
    private boolean isIn(ChangeSet changeSet) {
        return changeSet.getChanges().contains(change);
    }

    private static boolean marksRan(ChangeSet changeSet) {
        return changeSet.getOnValidationFail() == ChangeSet.ValidationFailOption.MARK_RAN;
    }

    private void require(boolean condition, String problem) {
        if (!condition) {
            problems.add(change.name() + ": " + problem);
        }
    }
}
