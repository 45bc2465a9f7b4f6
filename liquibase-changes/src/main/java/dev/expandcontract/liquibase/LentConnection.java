package dev.expandcontract.liquibase;

import dev.expandcontract.run.Host;
import dev.expandcontract.run.HostSchema;
import dev.expandcontract.run.Target;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.structure.core.Table;
import org.jspecify.annotations.Nullable;

/**
 * Liquibase's connection, with names looked up in its default schema first: some versions forget that outside a
 * transaction. Put back when closed.
 */
final class LentConnection implements AutoCloseable {
    private final Database database;
    private final Connection connection;
    private final Identifier defaultSchema;
    private final HostSchema.Restored searchPath;

    private LentConnection(Database database, Connection connection) {
        this.database = database;
        this.connection = connection;
        this.defaultSchema = HostSchema.named(connection, database.getDefaultSchemaName());
        this.searchPath = HostSchema.first(connection, defaultSchema);
    }

    static boolean isLive(Database database) {
        return database.getConnection() instanceof JdbcConnection;
    }

    static LentConnection of(Database database) {
        return new LentConnection(database, ((JdbcConnection) database.getConnection()).getUnderlyingConnection());
    }

    Connection connection() {
        return connection;
    }

    Identifier defaultSchema() {
        return defaultSchema;
    }

    Target target(Settings settings) {
        String schema = settings.schema();
        return new Target(
                connection,
                OtherConnections.of(database),
                named(schema != null ? schema : database.getLiquibaseSchemaName()));
    }

    Database database() {
        return database;
    }

    Host host() {
        String table = database.correctObjectName(database.getDatabaseChangeLogTableName(), Table.class);
        return Host.of("liquibase", new QualifiedName(named(database.getLiquibaseSchemaName()), new Identifier(table)));
    }

    /** Null where nobody has set one. */
    private Identifier named(@Nullable String schema) {
        return HostSchema.named(connection, schema);
    }

    @Override
    public void close() {
        searchPath.close();
    }
}
