package dev.expandcontract.liquibase;

import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import liquibase.Scope;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.resource.ResourceAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Further connections for looking at what Liquibase's own one waits for. Liquibase gives away no password of a connection
 * that it holds; but where it opened the connection from its own configuration, ours can be opened from there as well.
 */
final class OtherConnections {
    private OtherConnections() {}

    /** Null where Liquibase was handed a connection, by Spring for example. */
    static @Nullable ConnectionSource of(Database database) {
        DatabaseConnection own = database.getConnection();
        if (!own.getURL().equals(configured("url"))) {
            return null;
        }
        ResourceAccessor resources = Scope.getCurrentScope().getResourceAccessor();
        String user = configured("username");
        String password = configured("password");
        return () -> open(own.getURL(), user, password, resources);
    }

    private static Connection open(
            String url, @Nullable String user, @Nullable String password, ResourceAccessor resources)
            throws SQLException {
        try {
            DatabaseConnection opened =
                    DatabaseFactory.getInstance().openConnection(url, user, password, null, resources);
            return ((JdbcConnection) opened).getUnderlyingConnection();
        } catch (DatabaseException e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    private static @Nullable String configured(String argument) {
        Object value = Scope.getCurrentScope()
                .getSingleton(LiquibaseConfiguration.class)
                .getCurrentConfiguredValue(null, null, "liquibase.command." + argument)
                .getValue();
        return value == null ? null : value.toString();
    }
}
