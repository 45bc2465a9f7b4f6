package dev.expandcontract.liquibase;

import dev.expandcontract.run.ScriptLocks;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.util.List;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * Puts ordinary changeSets under the lock policy: before their first statement, in their own transaction, the locks that
 * they are going to need are taken, and lock_timeout is set to its end. A changeSet without a transaction is left alone:
 * there nothing could be taken back. So is a session with a lock_timeout of its user's own.
 */
final class OrdinaryChanges extends AbstractChangeExecListener {
    private final Settings settings;

    OrdinaryChanges(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        List<Change> changes = changeSet.getChanges();
        if (changes.get(0) != change
                || !changeSet.isRunInTransaction()
                || isAutoCommit(database)
                || hasSessionOfItsOwn(changeSet)) {
            return;
        }
        Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
        ScriptLocks locks = new ScriptLocks(settings, LiquibaseListener.create());
        if (!locks.areUsersOwn(connection)) {
            locks.take(connection, null, changeSet.toString(false), LeadingSql.of(changes, database));
        }
    }

    /** An executor of {@code runWith} has, and would wait for our locks for ever. */
    private static boolean hasSessionOfItsOwn(ChangeSet changeSet) {
        return changeSet.getRunWith() != null && !changeSet.getRunWith().equalsIgnoreCase("jdbc");
    }

    private static boolean isAutoCommit(Database database) {
        try {
            return database.isAutoCommit();
        } catch (DatabaseException e) {
            return true;
        }
    }
}
