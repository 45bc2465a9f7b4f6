package dev.expandcontract.flyway;

import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.ScriptLocks;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.exception.FlywayBlockStatementExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What we do at Flyway's events.
 *
 * <ol>
 *   <li>Before anything runs, all pending scripts are looked through.
 *   <li>Before a script: one with online operations is run here, and Flyway then skips its statements and records it as
 *       ever; for any other, the locks that it needs are taken under the lock policy.
 *   <li>When Flyway's history surely holds a script, what we noted about it stands for no later run.
 * </ol>
 *
 * <p>One for each configuration, and so for one thread at a time.
 */
final class OnlineCallback implements Callback {
    private final Configuration configuration;
    private final Settings settings;
    private final boolean isMixedByUser;
    private final RunListener listener = FlywayLog.listener();
    private final Runner runner;
    private final ScriptLocks locks;

    private @Nullable Boolean isPostgreSql;
    private @Nullable Scripts scripts;
    private boolean isChecked;
    private @Nullable String takenOver;
    private @Nullable String notYetRecorded;
    private ScriptLocks.@Nullable Guard guard;

    OnlineCallback(Configuration configuration, Settings settings, boolean isMixedByUser) {
        this.configuration = configuration;
        this.settings = settings;
        this.isMixedByUser = isMixedByUser;
        this.runner = new Runner(settings, listener);
        this.locks = new ScriptLocks(settings, listener);
    }

    boolean belongsTo(Configuration other) {
        return configuration == other;
    }

    boolean isMixedByUser() {
        return isMixedByUser;
    }

    /** A command begins, with these scripts. */
    void begin(Scripts found) {
        scripts = found;
        isChecked = false;
        takenOver = null;
        notYetRecorded = null;
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return switch (event) {
            case AFTER_VALIDATE -> canCheck();
            case BEFORE_EACH_MIGRATE, AFTER_CLEAN -> true;
            case BEFORE_EACH_MIGRATE_STATEMENT -> takenOver != null;
            case AFTER_EACH_MIGRATE, AFTER_EACH_MIGRATE_ERROR -> takenOver != null || guard != null;
            case AFTER_MIGRATE_OPERATION_FINISH -> notYetRecorded != null;
            default -> false;
        };
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public String getCallbackName() {
        return "online operations";
    }

    @Override
    public void handle(Event event, Context context) {
        if (event == Event.BEFORE_EACH_MIGRATE_STATEMENT) {
            throw new FlywayBlockStatementExecutionException(
                    new ErrorDetails(CoreErrorCode.ERROR, takenOver + " has been run online"), "nothing is left to do");
        }
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
            case BEFORE_EACH_MIGRATE -> beforeEach(context.getMigrationInfo().getScript(), connection);
            case AFTER_EACH_MIGRATE -> afterEach(connection);
            case AFTER_EACH_MIGRATE_ERROR -> endGuard();
            case AFTER_MIGRATE_OPERATION_FINISH -> recordLast(connection);
            case AFTER_CLEAN -> recorded(connection, null);
            default -> {}
        }
    }

    /** Not for one that is only mentioned: without a second connection we can't see which scripts are pending. */
    private boolean canCheck() {
        return scripts != null
                && !isChecked
                && !Targets.isPoolOfOne(configuration)
                && scripts.mentionOnlineOperations();
    }

    private void check() {
        if (scripts != null && !isChecked) {
            new BeforeAnythingRuns(configuration, scripts).check();
            isChecked = true;
        }
    }

    private void beforeEach(String name, Connection connection) throws SQLException {
        recordLast(connection);
        if (canCheck()) {
            check();
        }
        Script script = scripts == null ? null : scripts.read(name);
        if (script == null) {
            notYetRecorded = name;
        } else if (script.isTakenOver()) {
            check();
            FlywayLog.runningOnline(script);
            OutsideTransaction.run(
                    connection,
                    () -> new TakeOver(
                                    script,
                                    runner,
                                    Targets.of(configuration, settings, connection),
                                    Targets.host(configuration, connection))
                            .run());
            takenOver = name;
        } else {
            protect(script, connection);
        }
    }

    private void protect(Script script, Connection connection) throws SQLException {
        if (script.isMixed() && !isMixedByUser && scripts != null) {
            scripts.refuseMixed(script);
        }
        if (connection.getAutoCommit()) {
            guard = locks.guard(connection, script.definitions());
        } else {
            locks.take(connection, Targets.others(configuration), script.name(), script.definitions());
        }
    }

    /** In a transaction our note is committed together with Flyway's row; without one it has to wait for the row. */
    private void afterEach(Connection connection) throws SQLException {
        endGuard();
        if (takenOver != null && connection.getAutoCommit()) {
            notYetRecorded = takenOver;
        } else if (takenOver != null) {
            recorded(connection, List.of(takenOver));
        }
        takenOver = null;
    }

    private void recordLast(Connection connection) throws SQLException {
        if (notYetRecorded != null) {
            recorded(connection, List.of(notYetRecorded));
            notYetRecorded = null;
        }
    }

    private void recorded(Connection connection, @Nullable List<String> migrations) throws SQLException {
        runner.recorded(
                Targets.of(configuration, settings, connection), Targets.host(configuration, connection), migrations);
    }

    private void endGuard() {
        if (guard != null) {
            guard.close();
            guard = null;
        }
    }
}
