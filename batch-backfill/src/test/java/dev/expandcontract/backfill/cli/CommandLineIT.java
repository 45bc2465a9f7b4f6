package dev.expandcontract.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command, in this process, on a real server. */
@PostgresTest
class CommandLineIT {
    private final TestDatabase database;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    CommandLineIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void freshTables() {
        database.reset();
        database.execute(
                "CREATE SCHEMA shop",
                "CREATE TABLE shop.items (id int PRIMARY KEY, n int)",
                "INSERT INTO shop.items SELECT i, NULL FROM generate_series(1, 100) i",
                "CREATE TABLE shop.copies (id int PRIMARY KEY, n int)");
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--url", database.url(), "--user", database.user(), "--password", database.password()));
        return runOnly(all.toArray(String[]::new));
    }

    private int runOnly(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return BackfillCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    private void register(String set) throws SQLException {
        try (Connection connection = database.connect()) {
            new BackfillEngine(new Identifier("public"))
                    .register(
                            connection,
                            BackfillJob.of("job", QualifiedName.of("shop", "items"), new SqlExpression(set))
                                    .withCondition(new SqlExpression("n IS NULL")));
        }
    }

    private JsonObject json() {
        return JsonParser.parseString(out.toString()).getAsJsonObject();
    }

    @Test
    void runsARegisteredJobByItsName() throws SQLException {
        register("n = id");

        assertThat(run("run", "job", "--workers", "2", "--speed", "90", "--options", "targetTime=100ms"))
                .as("%s %s", out, err)
                .isZero();
        assertThat(out.toString())
                .contains("Backfill job of shop.items is finished: 100 rows changed, 100 of them now");
        assertThat(database.<Long>value("SELECT count(*) FROM shop.items WHERE n = id"))
                .isEqualTo(100);
        assertThat(run("run", "job")).isZero();
        assertThat(out.toString()).contains("nothing was left to do");
    }

    @Test
    void runsANewJobThatUpdatesDeletesOrCopies() {
        assertThat(run("run", "--table", "shop.items", "--set", "n = id", "--condition", "n IS NULL", "--json"))
                .as("%s %s", out, err)
                .isZero();
        assertThat(json().get("name").getAsString()).isEqualTo("UPDATE shop.items SET n = id WHERE (n IS NULL)");
        assertThat(json().get("rowsNow").getAsInt()).isEqualTo(100);
        assertThat(err.toString()).contains("rows passed");

        assertThat(run("run", "copy", "--table", "shop.items", "--copy-to", "shop.copies", "--columns", "id, n"))
                .isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM shop.copies WHERE n = id"))
                .isEqualTo(100);
        assertThat(run("run", "deletion", "--table", "shop.items", "--delete", "--condition", "id > 10"))
                .isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM shop.items")).isEqualTo(10);
        database.execute("CREATE TABLE unqualified (id int PRIMARY KEY, n int)");
        assertThat(run("run", "from", "--table", "unqualified", "--set", "n = c.n", "--from", "shop.copies c"))
                .isZero();
    }

    @Test
    void tellsOfRowsThatCouldNotBeChanged() throws SQLException {
        register("n = 100 / (id - 7)");

        assertThat(run("run", "job")).isEqualTo(1);
        assertThat(out.toString())
                .contains("finished with failures (1 rows could not be changed)", "backfill failures");
        assertThat(run("failures", "job")).isZero();
        assertThat(out.toString()).containsPattern("shop\\.items +7 +.*division by zero");
        assertThat(run("failures", "job", "--json")).isZero();
        assertThat(json().get("rowsFailed").getAsInt()).isEqualTo(1);
        assertThat(json().getAsJsonArray("failures")).hasSize(1);
        assertThat(run("failures", "job", "--limit", "0")).isZero();
        assertThat(out.toString()).contains("of 1");
    }

    @Test
    void runsAllThatIsRegistered() throws SQLException {
        assertThat(run("work", "--once")).isZero();
        assertThat(out.toString()).contains("No backfill was waiting");
        register("n = id");

        assertThat(run("work", "--once", "--workers", "2"))
                .as("%s %s", out, err)
                .isZero();
        assertThat(out.toString())
                .contains("Backfill job of shop.items is finished: 100 rows changed", "Ran 1 backfills");
        assertThat(run("work", "--once", "--json")).isZero();
        assertThat(JsonParser.parseString(out.toString()).getAsJsonArray()).isEmpty();
    }

    @Test
    void tellsWhatTheRegisteredJobsCameTo() throws SQLException {
        register("n = 100 / (id - 7)");

        assertThat(run("work", "--once", "--json")).isEqualTo(1);
        JsonObject job =
                JsonParser.parseString(out.toString()).getAsJsonArray().get(0).getAsJsonObject();
        assertThat(job.get("state").getAsString()).isEqualTo("finished with failures");
        assertThat(job.get("error").getAsString()).contains("finished but for 1 rows");
        assertThat(err.toString()).contains("Backfill job of shop.items", "finished but for 1 rows");
    }

    @Test
    @Tag("slow")
    void waitsForJobsUntilItIsInterrupted() throws Exception {
        int[] code = {-1};
        Thread working = new Thread(() -> code[0] = run("work"));
        working.start();
        register("n = id");
        Awaitility.await().until(() -> out.toString().contains("Backfill job of shop.items is finished"));
        working.interrupt();
        working.join(30_000);

        assertThat(code[0]).as("%s %s", out, err).isZero();
        assertThat(out.toString()).contains("Backfill job of shop.items is finished", "Ran 1 backfills");
    }

    @Test
    void tellsOfEachJobWhatItCameToLast() throws Exception {
        register("n = id");
        run("run", "job");
        database.execute("INSERT INTO shop.items VALUES (101)");
        run("verify", "job");
        int[] code = {-1};
        Thread working = new Thread(() -> code[0] = run("work"));
        working.start();
        Awaitility.await().until(() -> out.toString().contains("is finished but for 1 rows"));
        try (Connection connection = database.connect()) {
            new BackfillControl(new Identifier("public")).verify(connection, "job", true);
        }
        Awaitility.await().until(() -> out.toString().contains("job of shop.items is finished: 101 rows changed"));
        working.interrupt();
        working.join(30_000);

        assertThat(out.toString()).contains("Ran 1 backfills");
        assertThat(code[0]).isZero();
    }

    @Test
    void saysWhyItWaits() throws Exception {
        register("n = id");
        Thread working = new Thread(() -> run("run", "job", "--json", "--options", "throttles='sql=SELECT false'"));
        working.start();
        try {
            Awaitility.await().until(() -> err.toString().contains("Waits: "));
        } finally {
            working.interrupt();
            working.join(30_000);
        }
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void steersAJob() throws SQLException {
        register("n = id");

        assertThat(run("pause", "job")).isZero();
        assertThat(out.toString()).contains("job is paused; to go on: backfill resume job");
        assertThat(run("resume", "job", "--json")).isZero();
        assertThat(json().get("state").getAsString()).isEqualTo("running");
        assertThat(run("speed", "job", "20")).isZero();
        assertThat(out.toString()).contains("works at 20 %");
        assertThat(run("speed", "job", "own")).isZero();
        assertThat(run("speed", "job", "fast")).isEqualTo(2);
        assertThat(run("cancel", "job")).isZero();
        assertThat(run("pause", "job")).isEqualTo(2);
        assertThat(err.toString())
                .contains("backfill: ", "is cancelled: it can't be paused unless it is resumed first");
    }

    @Test
    void verifiesAndRepairs() throws SQLException {
        register("n = id");
        run("run", "job");
        database.execute("INSERT INTO shop.items VALUES (101), (102)");

        assertThat(run("verify", "job")).isZero();
        assertThat(out.toString()).contains("job is to be verified; to do so: backfill run job");
        assertThat(run("run", "job")).isEqualTo(1);
        assertThat(out.toString()).contains("for 2 rows the condition still holds");
        run("verify", "job");
        assertThat(run("work", "--once")).as("as run does").isEqualTo(1);
        assertThat(out.toString()).contains("Backfill \"job\" of shop.items is finished but for 2 rows");
        assertThat(run("verify", "job", "--repair")).isZero();
        assertThat(run("run", "job")).isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM shop.items WHERE n IS NULL"))
                .isZero();
    }

    @Test
    void showsWhereJobsStand() throws SQLException {
        assertThat(run("status")).isZero();
        assertThat(out.toString()).contains("No backfills");
        register("n = id");
        run("speed", "job", "30");
        run("run", "job");

        assertThat(run("status")).isZero();
        assertThat(out.toString()).contains("NAME", "OF ABOUT").containsPattern("job +finished +\\w+ +100.0 %");
        assertThat(run("status", "job")).isZero();
        assertThat(out.toString())
                .contains(
                        "UPDATE shop.items SET n = id WHERE (n IS NULL)",
                        "state:       finished",
                        "in order of: id",
                        "speed:       30 %, as somebody has set it");
        assertThat(run("status", "job", "--watch")).as("ends with the job").isZero();
        assertThat(run("status", "job", "--json")).isZero();
        assertThat(json().get("percent").getAsDouble()).isEqualTo(100);
        assertThat(json().get("ranges").getAsJsonArray()).isEmpty();
        assertThat(run("status", "--json")).isZero();
        assertThat(JsonParser.parseString(out.toString()).getAsJsonArray()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "all"})
    void watchesInLinesOfJson(String which) throws Exception {
        register("n = id");
        Thread watching = new Thread(() -> run(
                which.equals("job")
                        ? new String[] {"status", "job", "--watch", "1", "--json"}
                        : new String[] {"status", "--watch", "1", "--json"}));
        watching.start();
        try {
            Awaitility.await().until(() -> out.toString().lines().count() >= 2);
        } finally {
            watching.interrupt();
            watching.join(30_000);
        }
        assertThat(out.toString().lines())
                .hasSizeLessThan(9)
                .allSatisfy(line ->
                        assertThat(JsonParser.parseString(line).toString()).contains("\"job\""));
    }

    @Test
    void showsWhatEachWorkerIsAt() throws SQLException {
        register("n = 100 / (id - 7)");
        run("run", "job");
        database.execute(
                "UPDATE expand_contract_backfill SET state = 'running', throttle = 'replica lag of 9 s'",
                "UPDATE expand_contract_backfill_range SET state = 'claimed'");

        run("status", "job");
        assertThat(out.toString())
                .contains("waits for:   replica lag of 9 s", "WORKER")
                .containsPattern("process \\d+, .* claimed +shop\\.items");
        run("status");
        assertThat(out.toString()).contains("waits for replica lag of 9 s");
    }

    @Test
    void keepsOneLineUpToDateOnATerminal() throws Exception {
        register("n = id");
        run("pause", "job");
        try (Progress progress =
                Progress.live(new PrintWriter(err), database::connect, new Identifier("public"), "job")) {
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (!err.toString().contains("\r\u001b[Kpaused, ") && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            progress.warning("job", "something");
        }
        assertThat(err.toString()).contains("\r\u001b[Kpaused, 0.0 %", "\r\u001b[KWarning: something");
    }

    @Test
    void saysOnceAndClearlyWhatIsWrong(@TempDir Path directory) throws IOException {
        assertThat(run("run", "jbo")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no backfill \"jbo\"").doesNotContain("\tat ");
        assertThat(run("run", "jbo", "--verbose")).isEqualTo(2);
        assertThat(err.toString()).contains("\tat ");
        assertThat(run("run")).isEqualTo(2);
        assertThat(err.toString()).contains("Give the NAME of a job");
        assertThat(run("run", "--table", "shop.items")).isEqualTo(2);
        assertThat(err.toString()).contains("Give one of --set, --delete and --copy-to");
        assertThat(run("run", "--table", "nowhere", "--set", "n = 1")).isEqualTo(2);
        assertThat(err.toString()).contains("table nowhere does not exist");
        assertThat(run("run", "--table", "shop.items", "--set", "nowhere = 1")).isEqualTo(2);
        assertThat(err.toString()).contains("nowhere", "nothing was changed");
        assertThat(run("run", "--table", "shop.items", "--set", "n = 1", "--options", "worker=2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("did you mean workers?");
        assertThat(run("stauts")).isEqualTo(2);
        assertThat(err.toString()).contains("status");
        assertThat(runOnly("status")).isEqualTo(2);
        assertThat(err.toString()).contains("--url");
        assertThat(runOnly("status", "--url", "jdbc:postgresql://localhost:1/none", "--user", "nobody"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("No connection");
        assertThat(runOnly("status", "--url", "jdbc:h2:mem:")).isEqualTo(2);
        assertThat(err.toString()).contains("must begin with jdbc:postgresql:");

        Path file = directory.resolve("password");
        Files.writeString(file, database.password() + "\n");
        assertThat(runOnly(
                        "status",
                        "--url",
                        database.url(),
                        "--user",
                        database.user(),
                        "--password-file",
                        file.toString()))
                .as("%s", err)
                .isZero();
        assertThat(runOnly("status", "--url", database.url(), "--password-file", "/no/such/file"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("can't be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "run", "work", "pause", "resume", "cancel", "speed", "verify", "failures"})
    void helpsWithExamples(String command) {
        assertThat(runOnly(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: backfill " + command, "Example", "--url", "--schema", "--json");
        assertThat(out.toString()).doesNotContain("Exit codes:", "COMMAND");
    }

    @Test
    void keepsItsTablesWhereItIsTold() throws SQLException {
        assertThat(run("run", "job", "--table", "shop.items", "--set", "n = id", "--schema", "shop"))
                .isZero();
        try (Connection connection = database.connect()) {
            assertThat(new BackfillControl(new Identifier("shop")).jobs(connection))
                    .hasSize(1);
        }
    }
}
