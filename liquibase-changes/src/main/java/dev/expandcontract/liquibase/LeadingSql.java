package dev.expandcontract.liquibase;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.DbmsTargetedChange;
import liquibase.change.core.ExecuteShellCommandChange;
import liquibase.change.core.OutputChange;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.database.Database;
import liquibase.database.DatabaseList;
import liquibase.sql.Sql;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.ExecutablePreparedStatement;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RuntimeStatement;

/**
 * The SQL that changes begin with, up to the first that can't be asked for its own: nobody knows how long that one
 * takes, and a lock that a later change needs would be held for all that time.
 */
final class LeadingSql {
    private LeadingSql() {}

    static String of(List<Change> changes, Database database) {
        List<String> sql = new ArrayList<>();
        for (Change change : changes) {
            if (isForAnother(change, database) || change instanceof OutputChange) {
                continue;
            }
            Optional<List<String>> own = sql(change, database);
            if (own.isEmpty()) {
                break;
            }
            sql.addAll(own.get());
        }
        return String.join(";\n", sql);
    }

    private static boolean isForAnother(Change change, Database database) {
        return change instanceof DbmsTargetedChange targeted
                && !DatabaseList.definitionMatches(targeted.getDbms(), database, true);
    }

    /** Empty for what can't be asked without being run, or can't be asked yet. */
    private static Optional<List<String>> sql(Change change, Database database) {
        if (change instanceof CustomChangeWrapper
                || change instanceof ExecuteShellCommandChange
                || !change.supports(database)
                || change.generateStatementsVolatile(database)) {
            return Optional.empty();
        }
        try {
            return Scope.child(
                    Map.of(Change.SHOULD_EXECUTE, false), () -> sql(change.generateStatements(database), database));
        } catch (Exception e) {
            return Optional.empty();
        }
    }

    private static Optional<List<String>> sql(SqlStatement[] statements, Database database) {
        List<String> sql = new ArrayList<>();
        for (SqlStatement statement : statements) {
            if (statement instanceof RuntimeStatement || statement instanceof ExecutablePreparedStatement) {
                return Optional.empty();
            }
            for (Sql each : SqlGeneratorFactory.getInstance().generateSql(statement, database)) {
                sql.add(each.toSql());
            }
        }
        return Optional.of(sql);
    }
}
