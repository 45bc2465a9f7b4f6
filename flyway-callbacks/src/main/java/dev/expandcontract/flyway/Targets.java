package dev.expandcontract.flyway;

import dev.expandcontract.run.Host;
import dev.expandcontract.run.Target;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** Where operations of a Flyway run, and where their state is: beside Flyway's history, unless set otherwise. */
final class Targets {
    private Targets() {}

    static Target of(Configuration configuration, Settings settings, Connection connection) throws SQLException {
        Identifier stateSchema = settings.schema() == null
                ? historySchema(configuration, connection)
                : Identifier.parse(settings.schema());
        return new Target(connection, others(configuration), stateSchema);
    }

    static Host host(Configuration configuration, Connection connection) throws SQLException {
        return Host.of(
                "flyway",
                new QualifiedName(historySchema(configuration, connection), new Identifier(configuration.getTable())));
    }

    /** Null where a pool has no second connection. */
    static @Nullable ConnectionSource others(Configuration configuration) {
        return isPoolOfOne(configuration) ? null : configuration.getDataSource()::getConnection;
    }

    static boolean isPoolOfOne(Configuration configuration) {
        return DataSources.size(configuration.getDataSource()).orElse(2) < 2;
    }

    private static Identifier historySchema(Configuration configuration, Connection connection) throws SQLException {
        if (configuration.getDefaultSchema() != null) {
            return new Identifier(configuration.getDefaultSchema());
        }
        return new Identifier(
                configuration.getSchemas().length > 0 ? configuration.getSchemas()[0] : connection.getSchema());
    }
}
