package dev.expandcontract.flyway;

import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * What we do at Flyway's events.
 *
 * <ol>
 *   <li>Before anything runs, all pending scripts are looked through.
 *   <li>Before a script: one with online operations is run here, and Flyway then skips its statements and records it as
 *       ever; for any other, the locks that it needs are taken under the lock policy.
 *   <li>When Flyway's history surely holds a script, what we noted about it stands for no later run.
 *   <li>When all is migrated and Flyway's lock is released, the backfills that scripts have registered are run.
 * </ol>
 *
 * <p>One for each configuration, and so for one thread at a time.
 */
final class OnlineCallback implements Callback {
    private final Configuration configuration;
    private final boolean isMixedByUser;
    private final Command command;
    private final OrdinaryScripts ordinary;

    private @Nullable Boolean isPostgreSql;
    private @Nullable Scripts scripts;
    private boolean isChecked;
    private @Nullable String takenOver;

    OnlineCallback(Configuration configuration, Settings settings, boolean isMixedByUser) {
        this.configuration = configuration;
        this.isMixedByUser = isMixedByUser;
        this.command = new Command(configuration, settings);
        this.ordinary = new OrdinaryScripts(configuration, settings, FlywayLog.listener());
    }

    boolean belongsTo(Configuration other) {
        return configuration == other;
    }

    boolean isMixedByUser() {
        return isMixedByUser;
    }

    SkippedStatements skippedStatements() {
        return new SkippedStatements(() -> takenOver);
    }

    Command command() {
        return command;
    }

    /** A command begins, with these scripts. */
    void begin(Scripts found) {
        scripts = found;
        isChecked = false;
        takenOver = null;
        ordinary.begin();
        if (DataSources.isPoolOfOne(configuration)) {
            command.forget();
        }
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return switch (event) {
            case AFTER_VALIDATE -> canCheck() && isMigrating();
            case BEFORE_MIGRATE, AFTER_MIGRATE, AFTER_MIGRATE_OPERATION_FINISH ->
                !DataSources.isPoolOfOne(configuration);
            case BEFORE_EACH_MIGRATE, AFTER_EACH_MIGRATE, AFTER_CLEAN -> true;
            case AFTER_EACH_MIGRATE_ERROR -> takenOver != null;
            default -> false;
        };
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    /** Flyway calls by name, and before a script the user's callbacks say as whom and where it runs: the last name. */
    @Override
    public String getCallbackName() {
        return "\uFF5E online operations";
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            if (isPostgreSql == null) {
                isPostgreSql = DataSources.isPostgreSql(context.getConnection(), configuration);
            }
            if (isPostgreSql) {
                handle(event, context, context.getConnection());
            }
        } catch (SQLException e) {
            throw new FlywayException(e.getMessage(), e);
        }
    }

    private void handle(Event event, Context context, Connection connection) throws SQLException {
        switch (event) {
            case AFTER_VALIDATE -> check();
            case BEFORE_MIGRATE -> command.begin(connection);
            case BEFORE_EACH_MIGRATE -> beforeEach(context.getMigrationInfo().getScript(), connection);
            case AFTER_EACH_MIGRATE -> {
                takenOver = null;
                command.ended(context.getMigrationInfo().getScript());
            }
            case AFTER_EACH_MIGRATE_ERROR -> takenOver = null;
            case AFTER_MIGRATE -> runRegistered(connection);
            case AFTER_MIGRATE_OPERATION_FINISH -> {
                command.goesOn();
                command.settleIfPossible(connection);
            }
            case AFTER_CLEAN -> command.cleaned(connection);
            default -> {}
        }
    }

    /** Not for one that is only mentioned: without a second connection we can't see which scripts are pending. */
    private boolean canCheck() {
        return scripts != null
                && !isChecked
                && !DataSources.isPoolOfOne(configuration)
                && scripts.mentionOnlineOperations();
    }

    /** Or else somebody only wants to know whether what is applied is valid. Flyway tells callbacks nothing of it. */
    private static boolean isMigrating() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Flyway.class.getName())
                        && frame.getMethodName().equals("migrate")));
    }

    private void runRegistered(Connection connection) throws SQLException {
        if (scripts == null || !scripts.isDryRun()) {
            command.goesOn();
            OutsideTransaction.run(connection, () -> {
                command.settleIfPossible(connection);
                command.runRegistered(connection);
            });
        }
    }

    private void check() {
        if (scripts != null) {
            new BeforeAnythingRuns(configuration, scripts).check();
            isChecked = true;
        }
    }

    private void beforeEach(String name, Connection connection) throws SQLException {
        command.goesOn();
        if (canCheck() && DataSources.hasThird(configuration)) {
            check();
        }
        Scripts all = scripts;
        Script script = all == null ? null : all.read(name);
        if (script == null || all == null) {
            return; // a Java migration
        }
        if (!script.hasCalls() && !script.hasConcurrentStatements() && script.isMixed() && !isMixedByUser) {
            all.refuseMixed(script);
        }
        boolean isUnguarded = connection.getAutoCommit() && !ordinary.isTimeoutUsersOwn(connection);
        if (new Admission(configuration, all).isOurs(script, isUnguarded)) {
            FlywayLog.runningOnline(script);
            OutsideTransaction.run(connection, () -> {
                command.settle(connection);
                new TakeOver(script, all.asWritten(script), command, connection).run();
            });
            takenOver = name;
        } else {
            ordinary.protect(script, connection);
        }
    }
}
