package dev.expandcontract.flyway;

import org.flywaydb.core.api.configuration.ClassicConfiguration;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.extensibility.Plugin;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.jspecify.annotations.Nullable;

/**
 * Flyway's lock. By default a transaction holds it, idle and with a snapshot, and a concurrent index build waits for
 * that for ever; as a session lock it is harmless.
 */
final class SessionLock {
    private SessionLock() {}

    /** Chooses it, unless the user has chosen. */
    static void choose(Configuration configuration) {
        Plugin extension = extension(configuration);
        if (extension != null) {
            Chosen.choose(extension);
        }
    }

    static boolean isChosen(Configuration configuration) {
        Plugin extension = extension(configuration);
        return extension != null && Chosen.isSessionLock(extension);
    }

    @SuppressWarnings("deprecation") // what newer versions want instead is not in the oldest that we serve
    private static @Nullable Plugin extension(Configuration configuration) {
        return configuration.getPluginRegister().getPlugin("PostgreSQLConfigurationExtension");
    }

    /** Apart, so that nothing of Flyway's PostgreSQL module is needed where there is none. */
    private static final class Chosen {
        private static final String VARIABLE = "FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK";

        static void choose(Plugin plugin) {
            PostgreSQLConfigurationExtension extension = (PostgreSQLConfigurationExtension) plugin;
            if (!isDecided(extension)) {
                extension.setTransactionalLock(false);
            }
        }

        static boolean isSessionLock(Plugin plugin) {
            return !((PostgreSQLConfigurationExtension) plugin).isTransactionalLock();
        }

        private static boolean isDecided(PostgreSQLConfigurationExtension extension) {
            return isSet(extension) && (System.getenv(VARIABLE) != null || !isSetByNobody());
        }

        /** Flyway 10 and 11 copy their configuration so that the default looks like a choice of the user's. */
        private static boolean isSetByNobody() {
            Plugin untouched = extension(new ClassicConfiguration(new ClassicConfiguration()));
            return untouched instanceof PostgreSQLConfigurationExtension extension && isSet(extension);
        }

        private static boolean isSet(PostgreSQLConfigurationExtension extension) {
            return extension.getTransactional() != null
                    && extension.getTransactional().getLock() != null;
        }
    }
}
