package dev.expandcontract.liquibase;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.DbmsTargetedChange;
import liquibase.change.core.ExecuteShellCommandChange;
import liquibase.change.core.LoadDataChange;
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
 * What changes are going to execute, with a statement that stands for each change that can't be asked for its own: no
 * lock that a later one needs is taken before that one, because nobody knows how long it takes.
 */
final class ChangesAsSql {
    /** For what may do anything. */
    private static final String UNKNOWN = "DO ''";

    /** For what reads a file into a table. */
    private static final String ROWS = "INSERT INTO loaded VALUES ('row')";

    private ChangesAsSql() {}

    static String of(List<Change> changes, Database database) {
        List<String> sql = new ArrayList<>();
        for (Change change : changes) {
            if (isForAnother(change, database) || change instanceof OutputChange) {
                continue;
            }
            String standIn = change instanceof LoadDataChange ? ROWS : UNKNOWN;
            sql.addAll(sql(change, database).orElse(List.of(standIn)));
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
