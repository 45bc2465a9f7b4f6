package dev.expandcontract.liquibase;

import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.settings.Settings;
import java.util.List;
import java.util.Set;
import liquibase.Scope;
import liquibase.command.CleanUpCommandStep;
import liquibase.command.CommandDefinition;
import liquibase.command.CommandResultsBuilder;
import liquibase.command.CommandScope;
import liquibase.command.core.helpers.AbstractHelperCommandStep;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;

/**
 * Stands before and after every update and rollback. Before an update, ordinary changes get their lock policy and
 * rollback blocks their check; before a rollback and after both, the notes about changeSets that are in the history are
 * closed. The commands that write SQL have other names, and never get here.
 */
public final class OnlineUpdateStep extends AbstractHelperCommandStep implements CleanUpCommandStep {
    private static final Set<List<String>> UPDATES =
            Set.of(List.of("update"), List.of("updateCount"), List.of("updateToTag"));
    private static final Set<List<String>> ROLLBACKS =
            Set.of(List.of("rollback"), List.of("rollbackCount"), List.of("rollbackToDate"));

    /** Any number above zero says that the step belongs to the command. */
    private static final int BELONGS = 1000;

    @Override
    public String[][] defineCommandNames() {
        return new String[][] {{"expandContractUpdate"}};
    }

    @Override
    public int getOrder(CommandDefinition command) {
        return isUpdate(command) || ROLLBACKS.contains(List.of(command.getName())) ? BELONGS : super.getOrder(command);
    }

    private static boolean isUpdate(CommandDefinition command) {
        return UPDATES.contains(List.of(command.getName()));
    }

    /**
     * No more than this: steps run level by level, and the update needs what comes one level after the database. With the
     * listener as well, this step would come after the update.
     */
    @Override
    public List<Class<?>> requiredDependencies() {
        return List.of(Database.class);
    }

    @Override
    public void run(CommandResultsBuilder results) throws Exception {
        CommandScope command = results.getCommandScope();
        if (!concerns(command)) {
            return;
        }
        Settings settings = LiquibaseSettings.read();
        if (!settings.isEnabled()) {
            return;
        }
        if (isUpdate(command.getCommand())) {
            AttachedListeners.attach(command, new RollbackBlocks(command), new OrdinaryChanges(settings));
        } else {
            AttachedListeners.attach(command, new HistoryNotes(settings));
        }
    }

    @Override
    public void cleanUp(CommandResultsBuilder results) {
        CommandScope command = results.getCommandScope();
        if (!concerns(command)) {
            return;
        }
        try {
            Settings settings = LiquibaseSettings.read();
            if (settings.isEnabled()) {
                HistoryNotes.close((Database) command.getDependency(Database.class), settings);
            }
        } catch (ExpandContractException e) {
            Scope.getCurrentScope().getLog(OnlineUpdateStep.class).fine("The settings could not be read", e);
        }
    }

    private static boolean concerns(CommandScope command) {
        return command.getDependency(Database.class) instanceof PostgresDatabase database
                && LentConnection.isLive(database);
    }
}
