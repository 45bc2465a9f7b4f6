package dev.expandcontract.flyway;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Target;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * A Java migration made of online operations. They run outside any transaction; should one fail, the same migration run
 * again goes on from there, and no {@code repair} is needed.
 */
public abstract class OnlineMigration extends BaseJavaMigration {

    /** Runs the operations, always the same ones in the same order. */
    protected abstract void migrate(OnlineOperations online) throws Exception;

    @Override
    public final void migrate(Context context) throws Exception {
        Configuration configuration = context.getConfiguration();
        Settings settings = FlywaySettings.read(configuration);
        requireRunnable(configuration, settings);
        Command command = Installation.callback(configuration)
                .map(OnlineCallback::command)
                .orElseGet(() -> new Command(configuration, settings));
        OutsideTransaction.run(context.getConnection(), () -> run(command, context.getConnection()));
    }

    private void requireRunnable(Configuration configuration, Settings settings) {
        if (!settings.isEnabled()) {
            throw new ConfigurationProblem(
                    getClass().getName()
                            + " has online operations, and they are switched off by expandcontract.enabled=false. Switch them on. Nothing was changed.");
        }
        if (!SessionLock.isChosen(configuration) || configuration.isGroup()) {
            throw new ConfigurationProblem(
                    getClass().getName()
                            + " has online operations: they need flyway.group=false and flyway.postgresql.transactional.lock=false. Nothing was changed.");
        }
    }

    private void run(Command command, Connection connection) throws SQLException {
        command.settle(connection);
        Target target = command.target(connection);
        Origin first = command.origin(connection, getClass().getName(), 0);
        AtomicInteger position = new AtomicInteger();
        migrateReportingSqlErrors(operation -> command.runner()
                .run(target, new Origin(first.host(), first.migration(), position.incrementAndGet()), operation));
    }

    /** As Flyway sees it: then a failure leaves no row in the history that would have to be repaired. */
    @Override
    public final boolean canExecuteInTransaction() {
        return true;
    }

    private void migrateReportingSqlErrors(OnlineOperations online) throws SQLException {
        try {
            migrate(online);
        } catch (SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SQLException(getClass().getName() + " failed: " + e.getMessage(), e);
        }
    }
}
