package dev.expandcontract.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * pgbench, as the operating system has it: an application that reads and writes rows of the table that is filled, and has
 * tables of its own.
 */
final class Pgbench {
    static final int CLIENTS = 16;

    static final String MISSING =
            "pgbench was found neither on the PATH nor in /usr/lib/postgresql/*/bin (Debian: package postgresql-15 or newer)";

    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final long LONGER_THAN_ANY_SIDE_SECONDS = 1_000_000;

    private static final String READ = """
            \\set n random(1, :rows)
            SELECT customer, amount, filled FROM item WHERE id = %s;
            """;
    private static final String WRITE = """
            \\set n random(1, :rows)
            UPDATE item SET touched = touched + 1 WHERE id = %s;
            """;
    private static final String OWN = """
            \\set a random(1, 100000)
            BEGIN;
            UPDATE account SET balance = balance + 1 WHERE id = :a;
            INSERT INTO entry (account, amount, at) VALUES (:a, 1, now());
            COMMIT;
            """;

    private final String program;
    private final Path directory;
    private final long rows;

    private Pgbench(String program, Path directory, long rows) {
        this.program = program;
        this.directory = directory;
        this.rows = rows;
    }

    /** Empty if this machine has none. */
    static Optional<String> program() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            found.add(Path.of(directory, "pgbench"));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.sorted(Comparator.reverseOrder())
                        .forEach(version -> found.add(version.resolve("bin/pgbench")));
            }
        }
        return found.stream().filter(Files::isExecutable).map(Path::toString).findFirst();
    }

    /** @param directory for its scripts and logs */
    static Pgbench of(String program, Path directory, BenchmarkCase what, long rows) throws IOException {
        Files.writeString(directory.resolve("read.sql"), READ.formatted(what.keyOf(":n")));
        Files.writeString(directory.resolve("write.sql"), WRITE.formatted(what.keyOf(":n")));
        Files.writeString(directory.resolve("own.sql"), OWN);
        return new Pgbench(program, directory, rows);
    }

    String version() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program, "--version").start();
        String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return version.strip();
    }

    /** Transactions a second, as many as all clients get together. */
    double capacity(Database database, int seconds) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "capacity", ".txt");
        Process process = start(database, output, "--time", String.valueOf(seconds));
        process.waitFor();
        Matcher rate = RATE.matcher(Files.readString(output));
        if (process.exitValue() != 0 || !rate.find()) {
            throw new IOException("pgbench failed: " + lastLine(output));
        }
        return Double.parseDouble(rate.group(1));
    }

    /** At a fixed rate, until it is closed. */
    Running start(Database database, double rate) throws IOException {
        Path logs = Files.createTempDirectory(directory, "log");
        Path output = logs.resolve("output.txt");
        Process process = start(
                database,
                output,
                "--time",
                String.valueOf(LONGER_THAN_ANY_SIDE_SECONDS),
                "--rate",
                String.valueOf(rate),
                "--log",
                "--log-prefix",
                logs.resolve("transactions").toString());
        return new Running(process, logs, output);
    }

    private Process start(Database database, Path output, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--host=localhost",
                "--port=" + database.port(),
                "--username=postgres",
                "--no-vacuum",
                "--client=" + CLIENTS,
                "--jobs=1",
                "--define=rows=" + rows,
                "--file=" + directory.resolve("read.sql") + "@6",
                "--file=" + directory.resolve("write.sql") + "@2",
                "--file=" + directory.resolve("own.sql") + "@2"));
        command.addAll(List.of(options));
        command.add(database.name());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static String lastLine(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output);
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    /** One at work. */
    record Running(Process process, Path logs, Path output) implements AutoCloseable {
        /** @throws IOException if it is not at work any more */
        PgbenchLog log() throws IOException {
            if (!process.isAlive()) {
                throw new IOException("pgbench ended: " + lastLine(output));
            }
            try (Stream<Path> files = Files.list(logs)) {
                Optional<Path> log = files.filter(
                                file -> file.getFileName().toString().startsWith("transactions."))
                        .findFirst();
                if (log.isPresent()) {
                    return new PgbenchLog(log.get());
                }
            }
            throw new IOException("pgbench writes no log: " + lastLine(output));
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }
}
