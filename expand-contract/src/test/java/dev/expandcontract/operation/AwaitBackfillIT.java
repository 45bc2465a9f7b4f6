package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.run.Online;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.Runner;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@PostgresTest
class AwaitBackfillIT {
    private final TestDatabase database;
    private final Online online;

    AwaitBackfillIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database).withBackfills(BackfillMode.BACKGROUND, true);
    }

    @BeforeEach
    void registeredBackfill() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, n bigint)",
                "INSERT INTO orders SELECT i FROM generate_series(1, 500) i",
                "ANALYZE orders");
        online.run("backfill", "tableName", "orders", "set", "n = id", "backfillName", "fill");
    }

    @Test
    void waitsUntilOthersHaveFinishedIt() {
        CompletableFuture<Void> awaiting = OwnThread.run(() -> online.run("awaitBackfill", "backfillName", "fill"));
        Awaitility.await()
                .until(() ->
                        online.recorder.progress.stream().anyMatch(line -> line.startsWith("Backfill fill: 0.0 %")));
        assertThat(awaiting).isNotDone();
        work();
        awaiting.join();

        assertThat(online.recorder.progress).contains("Backfill fill is finished: 500 rows changed");
        online.run("awaitBackfill", "backfillName", "fill", "timeout", "1ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registered", "stopped", "running"})
    void doesItselfWhatNobodyIsAtWorkOnWhereThereIsNoWorker(String state) {
        database.execute("UPDATE expand_contract_backfill SET state = '" + state
                + "', heartbeat_at = clock_timestamp() - interval '61 s'");

        online.withBackfills(BackfillMode.AUTO, false).run("awaitBackfill", "backfillName", "fill");

        assertThat(online.recorder.progress)
                .anyMatch(line -> line.startsWith("Backfill fill is done here, as nobody is at work on it: "))
                .contains("Backfill fill is finished: 500 rows changed");
    }

    @Test
    void leavesToOthersWhatTheyAreAtWorkOn() {
        database.execute("UPDATE expand_contract_backfill SET state = 'running', heartbeat_at = clock_timestamp()");
        online.withBackfills(BackfillMode.AUTO, false);

        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", "100ms"))
                .hasMessageContaining("is not finished after 100 ms. It is running");
    }

    @Test
    void triesRowsAgainThatCouldNotBeChanged() {
        database.execute("ALTER TABLE orders ADD CONSTRAINT no_40 CHECK (id <> 40 OR n IS NULL)");
        work();
        assertThatThrownBy(this::awaitLong)
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("finished but for 1 rows")
                .hasMessageContaining("WHERE job = 'fill' AND state = 'failed'")
                .hasMessageContaining("run the same again, or backfill run fill: it tries only these");

        database.execute("ALTER TABLE orders DROP CONSTRAINT no_40");
        awaitLong();

        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE n = id"))
                .isEqualTo(500);
    }

    @Test
    void suggestsTheNearestNameWhereThereIsNone() {
        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fil"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("there is no backfill \"fil\"")
                .hasMessageContaining("did you mean fill?")
                .hasMessageContaining("The migration that registers it comes first");
    }

    @Test
    void endsAtOnceWhenItWasCancelled() {
        database.execute("UPDATE expand_contract_backfill SET state = 'cancelled'");

        assertThatThrownBy(this::awaitLong)
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("Backfill \"fill\" of public.orders is not finished and will not be")
                .hasMessageContaining("It is cancelled: 0.0 %, 0 of about 500 rows passed")
                .hasMessageContaining("Resume it (backfill resume fill), then run this again");
    }

    @Test
    void doesNotReviveWhatIsCancelledWhileItTurnsToIt() throws SQLException {
        var listener = new RunListener() {
            @Override
            public void progress(String text) {
                if (text.startsWith("Backfill fill is done here")) {
                    database.execute("UPDATE expand_contract_backfill SET state = 'cancelled'");
                }
            }
        };
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> new Runner(Settings.defaults(), listener)
                            .run(
                                    online.target(connection),
                                    Origin.java(),
                                    Online.operation("awaitBackfill", "backfillName", "fill")))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("will not be, since somebody has cancelled it");
        }
        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE n = id"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"registered", "running", "stopped"})
    void tellsWhenTheTimeIsOverThatNobodyHasBeenAtWork(String state) {
        database.execute("UPDATE expand_contract_backfill SET state = '" + state + "', error = 'the disk was full',"
                + " heartbeat_at = clock_timestamp() - interval '61 s'");

        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", "100ms"))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("is not finished after 100 ms, and nobody has been at work on it for 61 s")
                .hasMessageContaining("when it stopped: the disk was full")
                .hasMessageContaining("It is " + state)
                .hasMessageContaining("Have it run if nobody does (backfill run fill, or BackfillWorker in Java)");
    }

    @Test
    void givesASlowWorkerTheTimeThatItsRestsTake() {
        database.execute("UPDATE expand_contract_backfill SET state = 'running', speed = 1, options = 'targetTime=5s',"
                + " heartbeat_at = clock_timestamp() - interval '10 min'");

        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", "100ms"))
                .hasMessageContaining("is not finished after 100 ms. It is running");
    }

    @Test
    void endsWhenTheTimeIsOver() {
        database.execute("UPDATE expand_contract_backfill SET state = 'paused'");

        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", "200ms"))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("is not finished after 200 ms. It is paused: paused, 0.0 %")
                .hasMessageContaining("run this again: it waits for the rest");
        assertThatThrownBy(() -> online.withLockPolicy(Duration.ofMillis(10), Duration.ofMillis(300))
                        .run("awaitBackfill", "backfillName", "fill"))
                .hasMessageContaining("is not finished after 300 ms");
    }

    @Test
    void refusesATimeThatIsNone() {
        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", "soon"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("attribute timeout: expected a duration such as 500ms")
                .hasMessageContaining("but found soon");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "PT-5S", "0.9ms", "PT0.0009S"})
    void refusesATimeThatIsOverAtOnce(String timeout) {
        assertThatThrownBy(() -> online.run("awaitBackfill", "backfillName", "fill", "timeout", timeout))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("timeout must be 1ms or longer: leave it out, or make it longer");
    }

    private void awaitLong() {
        online.run("awaitBackfill", "backfillName", "fill", "timeout", "5min");
    }

    private void work() {
        new BackfillWorker(new BackfillEngine(new Identifier("public")), database::connect).runAll();
    }
}
