package dev.expandcontract.liquibase;

import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
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
 * Stands before and after every update: before it, ordinary changes get their lock policy; after it, the notes about
 * changeSets that are now in the history are closed. The commands that write SQL have other names, and never get here.
 */
public final class OnlineUpdateStep extends AbstractHelperCommandStep implements CleanUpCommandStep {
    private static final Set<List<String>> COMMANDS =
            Set.of(List.of("update"), List.of("updateCount"), List.of("updateToTag"));

    /** Any number above zero says that the step belongs to the command. */
    private static final int BELONGS = 1000;

    @Override
    public String[][] defineCommandNames() {
        return new String[][] {{"expandContractUpdate"}};
    }

    @Override
    public int getOrder(CommandDefinition command) {
        return COMMANDS.contains(List.of(command.getName())) ? BELONGS : super.getOrder(command);
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
        if (settings.isEnabled()) {
            AttachedListeners.attach(command, new OrdinaryChanges(settings));
        }
    }

    /** Keeps an error of the update from being hidden by one of ours. */
    @Override
    public void cleanUp(CommandResultsBuilder results) {
        CommandScope command = results.getCommandScope();
        if (!concerns(command)) {
            return;
        }
        Database database = (Database) command.getDependency(Database.class);
        try {
            Settings settings = LiquibaseSettings.read();
            if (settings.isEnabled()) {
                closeNotes(database, settings);
            }
        } catch (Exception e) {
            Scope.getCurrentScope().getLog(OnlineUpdateStep.class).fine("Notes of changeSets were not closed", e);
        }
    }

    private static void closeNotes(Database database, Settings settings) throws Exception {
        Runner runner = new Runner(settings, new RunListener() {});
        try (LentConnection lent = LentConnection.of(database)) {
            boolean closed = History.of(lent).tell(runner, lent.target(settings));
            if (closed && !database.isAutoCommit()) {
                database.commit();
            }
        }
    }

    private static boolean concerns(CommandScope command) {
        return command.getDependency(Database.class) instanceof PostgresDatabase database
                && LentConnection.isLive(database);
    }
}
