package dev.expandcontract.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The jar that users are given, in a process of its own; it is there once the module is packaged. */
@PostgresTest
@Tag("slow")
class CliJarIT {
    private static final Path JAR = Path.of(System.getProperty("cli.jar", "no jar"));

    private final TestDatabase database;

    CliJarIT(TestDatabase database) {
        this.database = database;
    }

    @Test
    void runsAloneAndStopsAfterItsBatchWhenItIsTerminated() throws Exception {
        assumeTrue(Files.exists(JAR), "packaged");
        database.reset();
        database.execute(
                "CREATE TABLE items (id int PRIMARY KEY, n int)",
                "INSERT INTO items SELECT i, 0 FROM generate_series(1, 3000) i");
        assertThat(start("--version").waitFor()).isZero();

        Process run = start(
                "run",
                "job",
                "--table",
                "items",
                "--set",
                "n = n + 1",
                "--options",
                "firstBatchSize=10, maxBatchSize=10, speed=5");
        awaitRows(run);
        run.toHandle().destroy();
        String told = output(run);
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as(told).isEqualTo(143);
        assertThat(told)
                .contains("Backfill job of public.items", "stopped", "it was interrupted")
                .doesNotContain("SLF4J");
        assertThat(database.<String>value("SELECT state FROM expand_contract_backfill"))
                .isEqualTo("stopped");

        Process rest = start("run", "job", "--options", "speed=100, maxBatchSize=1000");
        told = output(rest);
        assertThat(rest.waitFor()).as(told).isZero();
        assertThat(told)
                .contains("Backfill job of public.items is finished: 3,000 rows changed")
                .doesNotContain("SLF4J");
        Process status = start("status", "job");
        assertThat(output(status)).startsWith("name:        job").doesNotContain("SLF4J");
        assertThat(status.waitFor()).isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM items WHERE n = 1"))
                .isEqualTo(3000);
    }

    private void awaitRows(Process run) throws InterruptedException {
        while (run.isAlive() && database.<Long>value("SELECT count(*) FROM items WHERE n = 1") == 0) {
            Thread.sleep(20);
        }
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(args));
        if (!args[0].startsWith("--")) {
            command.addAll(List.of("--url", database.url(), "--user", database.user()));
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", database.password());
        return builder.start();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
