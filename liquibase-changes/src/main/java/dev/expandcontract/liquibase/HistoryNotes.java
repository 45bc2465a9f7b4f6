package dev.expandcontract.liquibase;

import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
import dev.expandcontract.settings.Settings;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;

/**
 * Closes what we noted about changeSets that are in the history. A killed update leaves such notes open; after a rollback
 * has taken the row away, an open note would say that the changeSet has run. So they are closed before the first
 * rollback too: under the changelog lock, and while the history still has the row.
 */
final class HistoryNotes extends AbstractChangeExecListener {
    private final Settings settings;
    private boolean closed;

    HistoryNotes(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        if (closed) {
            return;
        }
        closed = true;
        close(database, settings);
        try {
            // Sets the search path again, which some versions set for one transaction only.
            database.rollback();
        } catch (DatabaseException e) {
            logged(e);
        }
    }

    /**
     * Between transactions, and leaves the connection between transactions: in none that holds locks on our tables, or
     * that has failed for want of the right to read them.
     */
    static void close(Database database, Settings settings) {
        try {
            endTransaction(database);
            Runner runner = new Runner(settings, new RunListener() {});
            try (LentConnection lent = LentConnection.of(database)) {
                History.of(lent).tell(runner, lent.target(settings));
            }
            if (!database.isAutoCommit()) {
                database.commit();
            }
        } catch (Exception e) {
            logged(e);
            endTransaction(database);
        }
    }

    private static void endTransaction(Database database) {
        try {
            if (!database.isAutoCommit()) {
                database.getConnection().rollback();
            }
        } catch (DatabaseException e) {
            logged(e);
        }
    }

    /** Keeps an error of the command itself from being hidden by one of ours. */
    private static void logged(Exception e) {
        Scope.getCurrentScope().getLog(HistoryNotes.class).fine("Notes of changeSets were not closed", e);
    }
}
