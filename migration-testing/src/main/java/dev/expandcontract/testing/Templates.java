package dev.expandcontract.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The template databases of this JVM. */
final class Templates {
    private record Filled(String database, Class<?> by) {}

    private static final Map<String, Filled> FILLED = new ConcurrentHashMap<>();

    private Templates() {}

    /** The name of the database to be copied, filled now if it isn't yet. */
    static String database(Template template) {
        Class<?> by = template instanceof NamedTemplate named ? named.filling().getClass() : template.getClass();
        Filled filled = FILLED.computeIfAbsent(template.name(), name -> new Filled(fill(template), by));
        if (filled.by() != by) {
            throw new IllegalStateException("Two different templates are called \"%s\": %s and %s."
                    .formatted(template.name(), filled.by().getName(), by.getName()));
        }
        return filled.database();
    }

    private static String fill(Template template) {
        PostgresServer server = PostgresServer.running();
        String name = server.uniqueName("template");
        server.create(name, null);
        try {
            template.fill(new TestDatabase(server, name, null));
        } catch (Exception e) {
            server.drop(name);
            throw new IllegalStateException("The template \"%s\" can't be filled: %s".formatted(template.name(), e), e);
        }
        // A database that somebody is connected to can't be copied.
        server.administrate(
                "ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name),
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '%s'".formatted(name));
        return name;
    }
}
