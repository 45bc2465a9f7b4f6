package dev.expandcontract.testing;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container; the container goes with the JVM. */
final class ContainerServer {
    private ContainerServer() {}

    static ServerAddress start(int version) {
        return start(version, () -> DockerClientFactory.instance().isDockerAvailable());
    }

    static ServerAddress start(int version, BooleanSupplier dockerAnswers) {
        String image = "postgres:" + version;
        try {
            if (!dockerAnswers.getAsBoolean()) {
                throw new IllegalStateException("no Docker engine answers. Start one, or use -Dpostgres=embedded");
            }
            PostgreSQLContainer container = container(image);
            container.start();
            removeAtExit(container);
            String prefix = "jdbc:postgresql://%s:%d/".formatted(container.getHost(), container.getMappedPort(5432));
            return new ServerAddress(prefix, "", "postgres", container.getUsername(), container.getPassword());
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "-Dpostgres=testcontainers: no container of %s: %s".formatted(image, e.getMessage()), e);
        }
    }

    private static PostgreSQLContainer container(String image) {
        return new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withDatabaseName("postgres")
                .withUsername("postgres")
                .withPassword("postgres")
                .withTmpFs(Map.of("/var/lib/postgresql", "rw"))
                .withCommand(command());
    }

    private static String[] command() {
        return Stream.concat(Stream.of("postgres"), ServerSettings.arguments().stream())
                .toArray(String[]::new);
    }

    /** The engine's own reaper may be switched off. */
    private static void removeAtExit(PostgreSQLContainer container) {
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "postgres-container-stop"));
    }
}
