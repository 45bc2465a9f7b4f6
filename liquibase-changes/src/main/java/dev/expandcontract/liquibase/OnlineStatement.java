package dev.expandcontract.liquibase;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import dev.expandcontract.settings.Settings;
import liquibase.database.Database;
import liquibase.database.PreparedStatementFactory;
import liquibase.exception.DatabaseException;
import liquibase.statement.AbstractSqlStatement;
import liquibase.statement.ExecutablePreparedStatement;

/**
 * Runs an operation when Liquibase executes it, and only then. Liquibase's form for statements that bring their own way
 * of running; modifySql and SQL output never see it.
 */
final class OnlineStatement extends AbstractSqlStatement implements ExecutablePreparedStatement {
    /** What is asked of the runner. */
    private interface Work {
        void with(Runner runner, Target target, Origin origin, Operation operation);
    }

    private final OnlineChange change;
    private final Database database;
    private final Work work;

    private OnlineStatement(OnlineChange change, Database database, Work work) {
        this.change = change;
        this.database = database;
        this.work = work;
    }

    static OnlineStatement run(OnlineChange change, Database database) {
        return new OnlineStatement(change, database, Runner::run);
    }

    static OnlineStatement undo(OnlineChange change, Database database) {
        return new OnlineStatement(change, database, Runner::undo);
    }

    @Override
    public void execute(PreparedStatementFactory factory) throws DatabaseException {
        Settings settings = LiquibaseSettings.read();
        if (!settings.isEnabled()) {
            throw new ConfigurationProblem(change.name() + " can't run: expandcontract.enabled is false");
        }
        if (!database.isAutoCommit()) {
            throw new ConfigurationProblem(change.name() + " can't run inside a transaction: its changeSet needs"
                    + " runInTransaction: false. Nothing was changed.");
        }
        Runner runner = new Runner(settings, LiquibaseListener.create());
        try (LentConnection lent = LentConnection.of(database)) {
            Target target = lent.target(settings);
            History history = History.of(lent);
            history.tell(runner, target);
            work.with(runner, target, history.origin(change), change.operation());
        }
    }

    @Override
    public String toString() {
        return change.name();
    }
}
