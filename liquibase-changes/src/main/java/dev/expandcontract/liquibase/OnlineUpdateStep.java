package dev.expandcontract.liquibase;

import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
import dev.expandcontract.settings.Settings;
import java.util.List;
import java.util.Set;
import liquibase.Scope;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.changelog.visitor.DefaultChangeExecListener;
import liquibase.command.CleanUpCommandStep;
import liquibase.command.CommandDefinition;
import liquibase.command.CommandResultsBuilder;
import liquibase.command.CommandScope;
import liquibase.command.core.helpers.AbstractHelperCommandStep;
import liquibase.command.core.helpers.ChangeExecListenerCommandStep;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.integration.commandline.ChangeExecListenerUtils;
import org.jspecify.annotations.Nullable;

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
            listen(command, new OrdinaryChanges(settings));
        }
    }

    private static void listen(CommandScope command, ChangeExecListener ours) throws Exception {
        ChangeExecListener theirs = (ChangeExecListener) command.getDependency(ChangeExecListener.class);
        if (theirs instanceof DefaultChangeExecListener several) {
            several.addListener(ours);
        } else if (theirs != null) {
            command.provideDependency(ChangeExecListener.class, new DefaultChangeExecListener(theirs, ours));
        } else {
            command.addArgumentValue(
                    ChangeExecListenerCommandStep.CHANGE_EXEC_LISTENER_ARG,
                    new DefaultChangeExecListener(configured(command), ours));
        }
    }

    /** The user's own, which Liquibase would have made a moment later. */
    private static @Nullable ChangeExecListener configured(CommandScope command) throws Exception {
        ChangeExecListener given = command.getArgumentValue(ChangeExecListenerCommandStep.CHANGE_EXEC_LISTENER_ARG);
        return given != null
                ? given
                : ChangeExecListenerUtils.getChangeExecListener(
                        (Database) command.getDependency(Database.class),
                        Scope.getCurrentScope().getResourceAccessor(),
                        command.getArgumentValue(ChangeExecListenerCommandStep.CHANGE_EXEC_LISTENER_CLASS_ARG),
                        command.getArgumentValue(
                                ChangeExecListenerCommandStep.CHANGE_EXEC_LISTENER_PROPERTIES_FILE_ARG));
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
