package dev.expandcontract.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A PostgreSQL that keeps what it promises: with fsync, full page writes and synchronous commit, unlike one for tests. */
final class BenchmarkServer implements AutoCloseable {
    private static final String LOADED = "loaded";
    private static final String RUN = "run";
    private static final int TOLD_LINES = 10;

    /** What decides about the figures, for the record. */
    private static final List<String> TOLD = List.of(
            "server_version",
            "shared_buffers",
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_level",
            "wal_compression",
            "max_wal_size",
            "checkpoint_timeout",
            "autovacuum",
            "maintenance_work_mem",
            "effective_cache_size",
            "deadlock_timeout");

    private final EmbeddedPostgres server;

    private BenchmarkServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** @param settings over those for all cases */
    static BenchmarkServer start(Path directory, Map<String, String> settings) throws IOException {
        Path own = Files.createDirectories(directory.resolve("backfill-benchmark-" + System.getProperty("user.name")));
        // zonky stops there, at its next start, the servers whose JVM was killed.
        System.setProperty("ot.epg.working-dir", own.toString());
        Path data = Files.createTempDirectory(own, "data-");
        Path log = Path.of(data + ".log");
        log.toFile().deleteOnExit();
        var builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(own.toFile())
                .setDataDirectory(data)
                .setLocaleConfig("locale", "C")
                .setOutputRedirector(Redirect.appendTo(log.toFile()))
                .setErrorRedirector(Redirect.appendTo(log.toFile()));
        defaults().forEach(builder::setServerConfig);
        settings.forEach(builder::setServerConfig);
        try {
            return new BenchmarkServer(builder.start());
        } catch (IOException e) {
            throw new IOException("PostgreSQL did not start: " + e.getMessage() + lastLines(log), e);
        }
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()).stream()
                .map(line -> "\n  " + line)
                .collect(Collectors.joining());
    }

    /** As installed, except that a run has no checkpoint but those of the clock: their number would be chance. */
    private static Map<String, String> defaults() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
        settings.put("max_wal_size", "16GB");
        settings.put("max_connections", "100");
        return settings;
    }

    int port() {
        return server.getPort();
    }

    Map<String, String> settings(Iterable<String> alsoTold) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : TOLD) {
            settings.put(name, maintenance().text("SHOW " + name));
        }
        for (String name : alsoTold) {
            settings.put(name, maintenance().text("SHOW " + name));
        }
        return settings;
    }

    Database load(BenchmarkCase what, long rows) throws SQLException {
        maintenance().execute("CREATE DATABASE " + LOADED);
        Database loaded = new Database(port(), LOADED);
        loaded.execute(what.load(rows).toArray(String[]::new));
        return loaded;
    }

    /** Vacuumed, analysed, and nothing left in memory that a checkpoint would write. */
    Database freshCopy() throws SQLException {
        boolean hasStrategy = maintenance().number("SHOW server_version_num") >= 150_000;
        maintenance()
                .execute(
                        "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(RUN),
                        "CREATE DATABASE %s TEMPLATE %s%s"
                                .formatted(RUN, LOADED, hasStrategy ? " STRATEGY FILE_COPY" : ""));
        Database copy = new Database(port(), RUN);
        copy.execute("VACUUM (ANALYZE)", "CHECKPOINT");
        return copy;
    }

    private Database maintenance() {
        return new Database(port(), "postgres");
    }

    /** Deletes its data. */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
