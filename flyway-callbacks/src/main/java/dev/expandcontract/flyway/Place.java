package dev.expandcontract.flyway;

import dev.expandcontract.run.Host;
import dev.expandcontract.run.HostSchema;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import org.flywaydb.core.api.configuration.Configuration;

/**
 * Where Flyway's history is, and our tables: beside it, unless set otherwise.
 *
 * @param history the history table
 */
record Place(QualifiedName history, Identifier stateSchema) {

    /** @param connection with the search path that it has from Flyway; a script may set another one */
    static Place of(Configuration configuration, Settings settings, Connection connection) {
        Identifier historySchema = historySchema(configuration, connection);
        return new Place(
                new QualifiedName(historySchema, new Identifier(configuration.getTable())),
                settings.schema() == null ? historySchema : Identifier.parse(settings.schema()));
    }

    Host host() {
        return Host.of("flyway", history);
    }

    private static Identifier historySchema(Configuration configuration, Connection connection) {
        if (configuration.getDefaultSchema() != null) {
            return new Identifier(configuration.getDefaultSchema());
        }
        return configuration.getSchemas().length > 0
                ? new Identifier(configuration.getSchemas()[0])
                : HostSchema.named(connection, null);
    }
}
