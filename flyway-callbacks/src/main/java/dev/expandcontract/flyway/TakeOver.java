package dev.expandcontract.flyway;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Index;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.operation.CreateIndex;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.Sql;
import dev.expandcontract.run.Host;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.SqlExpression;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs a script instead of Flyway.
 *
 * <ol>
 *   <li>Statements run in their order. Online calls go to the runner.
 *   <li>Plain statements between them share one transaction, under the lock policy, which also commits that they are
 *       done.
 *   <li>What is noted as done is not done again, so that a run after any failure goes on where the last one stopped.
 * </ol>
 */
final class TakeOver {
    private final Script script;
    private final Runner runner;
    private final Target target;
    private final Host host;
    private final List<String> group = new ArrayList<>();
    private int groupPosition;
    private int groupLine;

    TakeOver(Script script, Runner runner, Target target, Host host) {
        this.script = script;
        this.runner = runner;
        this.target = target;
        this.host = host;
    }

    /** @throws FlywayException that names the line; its cause says what was wrong */
    void run() throws SQLException {
        for (int i = 0; i < script.parts().size(); i++) {
            Part part = script.parts().get(i);
            if (part instanceof Part.Plain plain) {
                if (group.isEmpty()) {
                    groupPosition = i + 1;
                    groupLine = plain.line();
                }
                group.add(plain.sql());
            } else {
                endGroup();
                run(part, new Origin(host, script.name(), i + 1));
            }
        }
        endGroup();
    }

    private void endGroup() {
        if (!group.isEmpty()) {
            run(groupLine, new Origin(host, script.name(), groupPosition), sql(joined(group)));
            group.clear();
        }
    }

    private void run(Part part, Origin origin) throws SQLException {
        if (part instanceof Part.Online online) {
            run(online.line(), origin, online.operation());
        } else if (part instanceof Part.ConcurrentIndex index) {
            run(index, origin);
        } else if (part instanceof Part.Alone alone) {
            runAlone(alone.line(), origin, alone.sql());
        } else if (part instanceof Part.SessionSetting setting) {
            execute(setting);
        }
    }

    private void run(Part.ConcurrentIndex index, Origin origin) {
        if (isMaterializedView(index.operation())) {
            runAlone(index.line(), origin, index.sql());
        } else if (!index.unlessThere() || !isThere((CreateIndex) index.operation())) {
            run(index.line(), origin, index.operation());
        }
    }

    private void run(int line, Origin origin, Operation operation) {
        try {
            runner.run(target, origin, operation);
        } catch (ExpandContractException e) {
            throw at(line, e);
        }
    }

    private void runAlone(int line, Origin origin, String sql) {
        try {
            runner.runOutsideTransaction(target, origin, sql(sql));
        } catch (ExpandContractException e) {
            throw at(line, e);
        }
    }

    private void execute(Part.SessionSetting setting) throws SQLException {
        try (Statement statement = target.connection().createStatement()) {
            statement.execute(setting.sql());
        } catch (SQLException e) {
            throw new SQLException(script.name() + ":" + setting.line() + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }

    private boolean isMaterializedView(Operation operation) {
        return operation instanceof CreateIndex create
                && Catalog.of(target.connection())
                        .table(create.tableName())
                        .filter(table -> table.kind() == Table.Kind.MATERIALIZED_VIEW)
                        .isPresent();
    }

    private boolean isThere(CreateIndex create) {
        Catalog catalog = Catalog.of(target.connection());
        Identifier name = create.indexName();
        return name != null
                && catalog.table(create.tableName())
                        .flatMap(table -> catalog.index(table.name().sibling(name)))
                        .filter(Index::isUsable)
                        .isPresent();
    }

    /** A comment at the end of a statement must not swallow what follows. */
    private static String joined(List<String> statements) {
        StringBuilder sql = new StringBuilder();
        for (String statement : statements) {
            sql.append(sql.isEmpty() ? "" : "\n").append(statement).append(statement.contains("--") ? "\n;" : ";");
        }
        return sql.toString();
    }

    private static Sql sql(String text) {
        return new Sql(new SqlExpression(text), null);
    }

    private FlywayException at(int line, ExpandContractException e) {
        return new FlywayException(script.name() + ":" + line + ": " + e.getMessage(), e);
    }
}
