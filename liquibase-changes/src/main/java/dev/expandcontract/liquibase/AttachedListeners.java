package dev.expandcontract.liquibase;

import java.util.stream.Stream;
import liquibase.Scope;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.changelog.visitor.DefaultChangeExecListener;
import liquibase.command.CommandScope;
import liquibase.command.core.helpers.ChangeExecListenerCommandStep;
import liquibase.database.Database;
import liquibase.integration.commandline.ChangeExecListenerUtils;
import org.jspecify.annotations.Nullable;

/**
 * The user's listener and ours, for one command. Ours are never added to theirs: they keep it, and use it for commands
 * that only write SQL too.
 */
final class AttachedListeners extends DefaultChangeExecListener {
    private final @Nullable ChangeExecListener theirs;

    private AttachedListeners(@Nullable ChangeExecListener theirs, ChangeExecListener... ours) {
        super(Stream.concat(Stream.ofNullable(theirs), Stream.of(ours)).toArray(ChangeExecListener[]::new));
        this.theirs = theirs;
    }

    /** Liquibase makes its listener a step before ours or a step after. */
    static void attach(CommandScope command, ChangeExecListener... ours) throws Exception {
        ChangeExecListener theirs = (ChangeExecListener) command.getDependency(ChangeExecListener.class);
        if (theirs != null) {
            command.provideDependency(ChangeExecListener.class, new AttachedListeners(theirs, ours));
        } else {
            command.addArgumentValue(
                    ChangeExecListenerCommandStep.CHANGE_EXEC_LISTENER_ARG,
                    new AttachedListeners(configured(command), ours));
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

    @Override
    public void reset() {
        super.reset();
        if (theirs instanceof DefaultChangeExecListener collecting) {
            collecting.reset();
        }
    }
}
