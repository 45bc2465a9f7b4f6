package dev.expandcontract.flyway;

import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.resolver.MigrationResolver;
import org.flywaydb.core.api.resolver.ResolvedMigration;
import org.flywaydb.core.extensibility.ResourceType;
import org.flywaydb.core.extensibility.ResourceTypeProvider;
import org.flywaydb.core.internal.util.Pair;

/**
 * How Flyway finds us: it asks every plug-in for further types of files as its first deed, before it opens its database
 * or collects callbacks, and for further migrations once the scripts are known. We have neither, but we were there.
 */
public final class FlywayHook implements ResourceTypeProvider, MigrationResolver {
    @Override
    public List<Pair<String, ResourceType>> getPrefixTypePairs(Configuration configuration) {
        if (configuration instanceof ClassicConfiguration ours) {
            Installation.into(ours);
        }
        return List.of();
    }

    @Override
    public Collection<ResolvedMigration> resolveMigrations(Context context) {
        Installation.callback(context.configuration).ifPresent(callback -> callback.begin(new Scripts(context)));
        return List.of();
    }
}
