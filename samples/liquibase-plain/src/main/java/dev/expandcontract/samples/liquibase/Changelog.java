package dev.expandcontract.samples.liquibase;

import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.command.CommandScope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.ui.LoggerUIService;

/** A changelog on a database, with settings as Liquibase's configuration has them. */
record Changelog(String file, DataSource dataSource, Map<String, String> settings) {
    void update(ChangeExecListener listener) {
        Map<String, Object> scope = new HashMap<>(settings);
        scope.put(Scope.Attr.ui.name(), new LoggerUIService());
        try (Connection connection = dataSource.getConnection()) {
            Database database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            Scope.child(scope, () -> {
                update(database, listener);
            });
        } catch (Exception e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }

    private void update(Database database, ChangeExecListener listener) throws Exception {
        new CommandScope("update")
                .addArgumentValue("changelogFile", file)
                .addArgumentValue("database", database)
                .addArgumentValue("changeExecListener", listener)
                .addArgumentValue("showSummary", UpdateSummaryEnum.OFF)
                .execute();
    }
}
