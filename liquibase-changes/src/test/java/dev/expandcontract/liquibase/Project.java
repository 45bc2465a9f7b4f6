package dev.expandcontract.liquibase;

import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/** A user's project: a directory with a changelog, and a database to migrate with real Liquibase. */
final class Project {
    private final Path directory;
    private final TestDatabase database;
    private String changelog = "changelog.yaml";
    private String user;
    private String password;
    private @Nullable String defaultSchema;

    Project(Path directory, TestDatabase database) {
        this.directory = directory;
        this.database = database;
        this.user = database.user();
        this.password = database.password();
    }

    /** What somebody does with Liquibase. */
    interface Command {
        void with(Liquibase liquibase) throws LiquibaseException;
    }

    Project changelog(String file, String text) {
        changelog = file;
        return file(file, text);
    }

    Project file(String file, String text) {
        try {
            Files.writeString(directory.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** One changeSet, which an online change needs to itself. */
    Project change(String yaml) {
        return changelog("changelog.yaml", "databaseChangeLog:\n" + changeSet(1, yaml));
    }

    static String changeSet(int id, String yaml) {
        return """
                - changeSet:
                    id: %d
                    author: shop
                    runInTransaction: false
                    changes:
                      - %s
                """.formatted(id, yaml.strip().replace("\n", "\n        "));
    }

    Project as(String role) {
        user = role;
        password = role;
        return this;
    }

    Project defaultSchema(String schema) {
        defaultSchema = schema;
        return this;
    }

    void update() throws LiquibaseException {
        run(liquibase -> liquibase.update(new Contexts()));
    }

    void rollback() throws LiquibaseException {
        run(liquibase -> liquibase.rollback(1, ""));
    }

    void releaseLocks() throws LiquibaseException {
        run(Liquibase::forceReleaseLocks);
    }

    @SuppressWarnings("deprecation") // its successor came after 4.24
    String updateSql() throws LiquibaseException {
        StringWriter sql = new StringWriter();
        run(liquibase -> liquibase.update(new Contexts(), new LabelExpression(), sql));
        return sql.toString();
    }

    String rollbackSql() throws LiquibaseException {
        StringWriter sql = new StringWriter();
        run(liquibase -> liquibase.rollback(1, "", sql));
        return sql.toString();
    }

    String futureRollbackSql() throws LiquibaseException {
        StringWriter sql = new StringWriter();
        run(liquibase -> liquibase.futureRollbackSQL(sql));
        return sql.toString();
    }

    /** Against no database at all. */
    @SuppressWarnings("deprecation")
    String offlineSql(String version) throws Exception {
        try (ResourceAccessor resources = resources()) {
            Database offline = DatabaseFactory.getInstance()
                    .openDatabase(
                            "offline:postgresql?outputLiquibaseSql=none&changeLogFile="
                                    + directory.resolve("history.csv") + version,
                            null,
                            null,
                            null,
                            resources);
            if (defaultSchema != null) {
                offline.setDefaultSchemaName(defaultSchema);
            }
            StringWriter sql = new StringWriter();
            new Liquibase(changelog, resources, offline).update(new Contexts(), new LabelExpression(), sql);
            return sql.toString();
        }
    }

    void run(Command command) throws LiquibaseException {
        try (Connection connection = database.connect(user, password)) {
            run(connection, command);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void run(Connection connection, Command command) throws LiquibaseException {
        Map<String, Object> scope = new HashMap<>();
        scope.put(Scope.Attr.ui.name(), new LoggerUIService());
        try (ResourceAccessor resources = resources()) {
            scope.put(Scope.Attr.resourceAccessor.name(), resources);
            Scope.child(scope, () -> command.with(liquibase(connection, resources)));
        } catch (LiquibaseException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Liquibase liquibase(Connection connection, ResourceAccessor resources) throws LiquibaseException {
        Database host = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        if (defaultSchema != null) {
            host.setDefaultSchemaName(defaultSchema);
        }
        return new Liquibase(changelog, resources, host);
    }

    private ResourceAccessor resources() throws IOException {
        return new CompositeResourceAccessor(
                new DirectoryResourceAccessor(directory),
                new ClassLoaderResourceAccessor(getClass().getClassLoader()));
    }

    /** As psql does: one statement after the other, each by itself. */
    void runByHand(String sql) throws SQLException {
        try (Connection connection = database.connect(user, password);
                Statement statement = connection.createStatement()) {
            for (NativeQuery each : Parser.parseJdbcSql(sql, true, false, true, false, false)) {
                statement.execute(each.nativeSql);
            }
        }
    }
}
