package dev.expandcontract.flyway;

import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.Sql;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs a script instead of Flyway.
 *
 * <ol>
 *   <li>Statements run in their order. Online calls go to the runner.
 *   <li>Plain statements between them share one transaction, under the lock policy, which also commits that they are
 *       done. In a script without online calls each has its own, as it has in Flyway: it may need what the one before
 *       has committed.
 *   <li>What is noted as done is not done again, so that a run after any failure goes on where the last one stopped.
 * </ol>
 */
final class TakeOver {
    private final Script script;
    private final List<String> asWritten;
    private final Command command;
    private final Connection connection;
    private final Runner runner;
    private final Target target;
    private final ConcurrentIndexes indexes;
    private final List<String> group = new ArrayList<>();
    private final List<String> groupAsWritten = new ArrayList<>();
    private int groupPosition;
    private int groupLine;
    private boolean isInBlock;

    /** @param asWritten its statements before placeholders are replaced */
    TakeOver(Script script, List<String> asWritten, Command command, Connection connection) throws SQLException {
        this.script = script;
        this.asWritten = asWritten;
        this.command = command;
        this.connection = connection;
        this.runner = command.runner();
        this.target = command.target(connection);
        this.indexes = new ConcurrentIndexes(runner, target);
    }

    /** @throws FlywayException that names the line; its cause says what was wrong */
    void run() throws SQLException {
        for (int i = 0; i < script.parts().size(); i++) {
            Part part = script.parts().get(i);
            boolean isOneOfSeveral = script.hasCalls() || isInBlock;
            if (part instanceof Part.Plain plain && (isOneOfSeveral || plain.reach() != Reach.OWN_TRANSACTIONS)) {
                add(plain, i + 1);
                if (!isOneOfSeveral) {
                    endGroup();
                }
            } else {
                endGroup();
                run(part, i + 1);
            }
        }
        endGroup();
    }

    private void add(Part.Plain plain, int position) {
        if (group.isEmpty()) {
            groupPosition = position;
            groupLine = plain.line();
        }
        group.add(plain.sql());
        groupAsWritten.add(asWritten.get(position - 1));
    }

    private void endGroup() throws SQLException {
        if (!group.isEmpty()) {
            Origin origin = origin(groupPosition);
            at(groupLine, () -> runner.runInTransaction(target, origin, group, groupAsWritten));
            group.clear();
            groupAsWritten.clear();
        }
    }

    private void run(Part part, int position) throws SQLException {
        Origin origin = origin(position);
        if (part instanceof Part.Online online) {
            at(part.line(), () -> runner.run(target, origin, online.operation()));
        } else if (part instanceof Part.ConcurrentIndex index) {
            at(part.line(), () -> run(index, origin));
        } else if (part instanceof Part.Alone alone) {
            at(part.line(), () -> runAlone(alone.sql(), origin));
        } else if (part instanceof Part.Plain plain) {
            at(part.line(), () -> runAlone(plain.sql(), origin));
        } else if (part instanceof Part.SessionSetting setting) {
            execute(setting);
        } else if (part instanceof Part.TransactionBoundary boundary) {
            isInBlock = boundary.isBegin();
        } else {
            throw new IllegalStateException(script.name() + ":" + part.line() + " is not ours to run");
        }
    }

    private void run(Part.ConcurrentIndex index, Origin origin) {
        if (!indexes.isIdle(index)) {
            Optional<Operation> operation = indexes.operation(index, origin);
            if (operation.isPresent()) {
                runner.run(target, origin, operation.get());
            } else {
                runAlone(index.sql(), origin);
            }
        }
    }

    private void runAlone(String sql, Origin origin) {
        runner.runOutsideTransaction(target, origin, new Sql(new SqlExpression(sql), null));
    }

    private void execute(Part.SessionSetting setting) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(setting.sql());
        } catch (SQLException e) {
            throw new SQLException(script.name() + ":" + setting.line() + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }

    private Origin origin(int position) throws SQLException {
        return command.origin(connection, script.name(), position);
    }

    private void at(int line, Runnable work) {
        try {
            work.run();
        } catch (ExpandContractException e) {
            throw new FlywayException(script.name() + ":" + line + ": " + e.getMessage(), e);
        }
    }
}
