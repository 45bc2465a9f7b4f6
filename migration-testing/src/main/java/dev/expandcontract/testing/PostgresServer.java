package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The server that this JVM's tests run on, started at the first use and stopped with the JVM.
 *
 * <p>The system property {@code postgres} chooses it: {@code embedded} (default), {@code testcontainers}, or the JDBC URL of a
 * server that runs already, with a user who may create databases and roles. {@code postgres.version} is the major version
 * that it must have; without it, any will do.
 */
public final class PostgresServer {
    /** The image for Testcontainers where no version is demanded. */
    private static final int DEFAULT_VERSION = 17;

    private static @Nullable PostgresServer running;
    private static @Nullable String failure;

    private final ServerAddress address;
    private final int version;

    private final String prefix =
            "t" + Long.toString(RandomGenerator.getDefault().nextLong(1L << 40), 36);
    private final AtomicInteger counter = new AtomicInteger();
    private final Set<String> leftovers = ConcurrentHashMap.newKeySet();

    private PostgresServer(ServerAddress address, int version) {
        this.address = address;
        this.version = version;
    }

    /**
     * Starts it at the first call.
     *
     * @throws IllegalStateException if it doesn't start, or has another version than demanded; at every later call too
     */
    public static synchronized PostgresServer running() {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        if (running == null) {
            try {
                running = start(System.getProperty("postgres", "embedded"), System.getProperty("postgres.version", ""));
            } catch (RuntimeException e) {
                failure = e.getMessage();
                throw e;
            }
        }
        return running;
    }

    static PostgresServer start(String kind, String demandedVersion) {
        int demanded = demandedVersion.isBlank() ? 0 : version(demandedVersion.strip());
        boolean existing = kind.startsWith("jdbc:");
        ServerAddress address = existing ? ExistingServer.at(kind) : started(kind, demanded);
        int version = versionOf(address);
        if (demanded != 0 && version != demanded) {
            throw new IllegalStateException(
                    ("-Dpostgres.version=%d was demanded, and the server of -Dpostgres=%s is" + " PostgreSQL %d.")
                            .formatted(demanded, existing ? address.prefix() : kind, version));
        }
        var server = new PostgresServer(address, version);
        if (existing) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::dropLeftovers, "postgres-clean-up"));
        }
        return server;
    }

    private static ServerAddress started(String kind, int version) {
        return switch (kind) {
            case "embedded" -> EmbeddedServer.start();
            case "testcontainers" -> ContainerServer.start(version == 0 ? DEFAULT_VERSION : version);
            default ->
                throw new IllegalStateException("-Dpostgres=" + kind
                        + " is unknown. It is one of: embedded, testcontainers, jdbc:postgresql://host:port/database");
        };
    }

    private static int version(String text) {
        if (!text.matches("[1-9][0-9]")) {
            throw new IllegalStateException("-Dpostgres.version=" + text + " is no major version, such as 17.");
        }
        return Integer.parseInt(text);
    }

    private static int versionOf(ServerAddress address) {
        try (Connection connection = address.administrator()) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "No connection to the PostgreSQL at %s: %s".formatted(address.prefix(), e.getMessage()), e);
        }
    }

    /** Major, such as 17. */
    public int version() {
        return version;
    }

    ServerAddress address() {
        return address;
    }

    /** A name that no other JVM's tests use, on the same server either. */
    String uniqueName(String kind) {
        return "%s_%s_%d".formatted(kind, prefix, counter.incrementAndGet());
    }

    /** A copy of the template, or, without one, empty and with the same locale on every server. */
    void create(String database, @Nullable String template) {
        leftovers.add(database);
        String copied = template == null ? "template0 ENCODING 'UTF8' LOCALE 'C'" : template;
        administrate("CREATE DATABASE %s TEMPLATE %s".formatted(database, copied));
    }

    void drop(String database) {
        administrate("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(database));
        leftovers.remove(database);
    }

    void administrate(String... statements) {
        try (Connection connection = address.administrator()) {
            Sql.execute(connection, statements);
        } catch (SQLException e) {
            throw new StatementFailed("connect to " + address.url(address.maintenance()), e);
        }
    }

    private void dropLeftovers() {
        leftovers.forEach(this::drop);
    }
}
