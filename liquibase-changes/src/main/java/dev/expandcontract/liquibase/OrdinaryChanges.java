package dev.expandcontract.liquibase;

import dev.expandcontract.run.ScriptLocks;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.util.List;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.executor.ExecutorService;
import liquibase.executor.LoggingExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Puts ordinary changeSets under the lock policy: before their first statement, in their own transaction, the locks that
 * they are going to need are taken, and lock_timeout is set to its end. A changeSet without a transaction is left alone:
 * there nothing could be taken back. So is a session with a lock_timeout of its user's own.
 */
final class OrdinaryChanges extends AbstractChangeExecListener {
    private final Settings settings;
    private @Nullable ChangeSet begun;

    OrdinaryChanges(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        List<Change> changes = changeSet.getChanges();
        // Not always the first change: some versions don't tell of those that are for another database.
        if (changeSet.equals(begun) || !changes.contains(change)) {
            return;
        }
        begun = changeSet;
        if (changeSet.isRunInTransaction() && runsOnThisConnection(changeSet, database)) {
            lock(changeSet, changes.subList(changes.indexOf(change), changes.size()), database);
        }
    }

    private void lock(ChangeSet changeSet, List<Change> changes, Database database) {
        Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
        ScriptLocks locks = new ScriptLocks(settings, LiquibaseListener.create());
        if (!locks.areUsersOwn(connection)) {
            locks.take(connection, null, changeSet.toString(false), ChangesAsSql.of(changes, database));
        }
    }

    /** An executor of {@code runWith} has a session of its own, which would wait for our locks for ever. */
    private static boolean runsOnThisConnection(ChangeSet changeSet, Database database) {
        String executor = changeSet.getRunWith();
        try {
            return (executor == null || executor.equalsIgnoreCase("jdbc"))
                    && !(Scope.getCurrentScope()
                                    .getSingleton(ExecutorService.class)
                                    .getExecutor("jdbc", database)
                            instanceof LoggingExecutor)
                    && !database.isAutoCommit();
        } catch (DatabaseException e) {
            return false;
        }
    }
}
