package dev.expandcontract.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code backfill work} in processes of its own. */
@PostgresTest
class WorkIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestDatabase database;

    WorkIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void registeredJob() throws SQLException {
        database.reset();
        database.execute(
                "CREATE TABLE items (id int PRIMARY KEY, n int)",
                "INSERT INTO items SELECT i, 0 FROM generate_series(1, 500) i");
        try (Connection connection = database.connect()) {
            new BackfillEngine(new Identifier("public"))
                    .register(
                            connection,
                            BackfillJob.of("job", QualifiedName.of("public", "items"), new SqlExpression("n = n + 1"))
                                    .withOptions(BackfillOptions.defaults()
                                            .withBatchSizes(5, 5, 5)
                                            .with(options -> options.speed(5).lease(Duration.ofSeconds(1)))));
        }
    }

    @Test
    void endsAfterItsBatchWhenItIsTerminatedAndAnotherGoesOn() {
        try (ChildJvm first = work();
                ChildJvm second = work()) {
            Awaitility.await().atMost(PATIENCE).until(() -> done() > 20);
            terminate(first);
            assertThat(first.waitFor()).as("%s", first.lines()).isEqualTo(143);
            assertThat(first.lines()).anyMatch(line -> line.contains("Backfill \"job\" of public.items stopped"));
            long before = done();
            database.execute("UPDATE expand_contract_backfill SET speed = 100");
            second.awaitLine("Backfill job of public.items is finished", PATIENCE);
            assertThat(before).isLessThan(500);
            terminate(second);
            assertThat(second.waitFor()).as("while it waits").isEqualTo(143);
        }
        assertThat(done()).isEqualTo(500);
    }

    @Test
    void goesOnAtOnceWithWhatAKilledOneHasLeft() {
        try (ChildJvm killed = work()) {
            Awaitility.await().atMost(PATIENCE).until(() -> done() > 20);
            killed.kill();
        }
        database.execute("UPDATE expand_contract_backfill SET speed = 100");
        try (ChildJvm next = work("--once", "--json")) {
            next.expectSuccess();
        }
        assertThat(done()).isEqualTo(500);
    }

    private ChildJvm work(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "work",
                "--url",
                database.url(),
                "--user",
                database.user(),
                "--password",
                database.password(),
                "--schema",
                "public"));
        arguments.addAll(List.of(more));
        ChildJvm child = ChildJvm.start(BackfillCommand.class, arguments.toArray(String[]::new));
        if (more.length == 0) {
            child.awaitLine("Looking for backfills in schema public", PATIENCE);
        }
        return child;
    }

    private static void terminate(ChildJvm child) {
        ProcessHandle.of(child.pid()).orElseThrow().destroy();
    }

    /** Rows that were changed, each once. */
    private long done() {
        return database.<Long>value("SELECT count(*) FROM items WHERE n = 1");
    }
}
