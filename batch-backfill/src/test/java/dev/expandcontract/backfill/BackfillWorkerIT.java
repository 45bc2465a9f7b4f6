package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackfillWorkerIT extends BackfillFixture {
    private final BackfillWorker worker = new BackfillWorker(engine, database::connect);
    private final BackfillControl control = new BackfillControl(STATE_SCHEMA);

    BackfillWorkerIT(TestDatabase database) {
        super(database);
    }

    @Test
    void findsNothingToDoWhereNothingWasEverRegistered() {
        assertThat(worker.runAll()).isEmpty();
    }

    @Test
    void runsWhatIsRegisteredTheOldestFirst() throws SQLException {
        fill(30);
        register(named("second", "n = n * 10"));
        register(named("first", "n = n + 1"));
        database.execute("UPDATE " + STATE + " SET started_at = now() - interval '1 h' WHERE name = 'first'");

        assertThat(worker.runAll()).extracting(BackfillOutcome::name).containsExactly("first", "second");
        assertThat(count("shop.items WHERE n = 10")).isEqualTo(30);
        assertThat(worker.runAll()).isEmpty();
    }

    @Test
    void goesOnWithWhatADeadProcessHasLeft() throws SQLException {
        fill(30);
        register(addOne());
        database.execute("UPDATE " + STATE + " SET state = 'running', heartbeat_at = now() - interval '1 h'");

        assertThat(worker.runAll()).extracting(BackfillOutcome::failure).containsOnlyNulls();
        assertEachRowChangedOnce(30);
    }

    @Test
    void lendsItsConnectionToTheFirstOfItsWorkers() throws SQLException {
        fill(30);
        register(addOne());
        try (var connection = database.connect()) {
            assertThat(new BackfillWorker(engine, connection, null).runAll()).hasSize(1);
            assertThat(connection.isClosed()).isFalse();
        }
        assertEachRowChangedOnce(30);
    }

    @Test
    void leavesAloneWhatSomebodyHasPausedOrCancelledAndWhatNeedsMending() throws SQLException {
        fill(10);
        for (String name : List.of("paused", "cancelled", "failing")) {
            register(named(name, name.equals("failing") ? "n = 1 / (id - 7)" : "n = 1"));
        }
        try (var connection = database.connect()) {
            control.pause(connection, "paused");
            control.cancel(connection, "cancelled");
        }

        assertThat(worker.runAll()).singleElement().satisfies(outcome -> {
            assertThat(outcome.name()).isEqualTo("failing");
            assertThat(outcome.result()).isNotNull();
            assertThat(outcome.failure())
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("finished but for 1 rows");
        });
        assertThat(worker.runAll()).isEmpty();
        assertThat(worker.forJobs(status -> status.state() == BackfillState.FINISHED_WITH_FAILURES)
                        .runAll())
                .as("tried again where somebody asks for it")
                .hasSize(1);
    }

    @Test
    void aFailureKeepsNoOtherJobFromItsTurn() throws SQLException {
        fill(30);
        fillDiskAt(25);
        register(named("stopping", "n = n + 1"));
        register(named("stopping too", "n = n + 1"));
        database.execute("CREATE TABLE shop.others (id int PRIMARY KEY, n int)");
        register(BackfillJob.of("other", QualifiedName.of("shop", "others"), new SqlExpression("n = 1")));

        List<BackfillOutcome> outcomes = worker.runAll();

        assertThat(outcomes).extracting(outcome -> outcome.failure() == null).containsExactly(false, false, true);
        assertThatThrownBy(() -> BackfillOutcome.throwFailures(outcomes))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("Backfill \"stopping\" of shop.items stopped")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .anySatisfy(later -> assertThat(later).hasMessageContaining("\"stopping too\"")));
        freeDisk();
        BackfillOutcome.throwFailures(worker.runAll());
        assertThat(count("shop.items WHERE n = 2")).isEqualTo(30);
    }

    @Test
    void sharesItsJobsWithOtherProcesses() throws SQLException {
        fill(400);
        register(addOne().withOptions(batchesOf(5)));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(OwnThread.run(() -> new BackfillWorker(engine, database::connect)
                    .withOptions(options -> options.with(o -> o.workers(2)))
                    .runAll()));
        }
        all.forEach(CompletableFuture::join);

        assertThat(recorder.results).isNotEmpty();
        assertEachRowChangedOnce(400);
    }

    @Test
    void waitsForMoreUntilItIsInterrupted() throws Exception {
        fill(20);
        List<String> ended = new CopyOnWriteArrayList<>();
        Thread waiting = new Thread(() -> worker.runUntilInterrupted(
                Duration.ofMillis(20), outcome -> ended.add(outcome.name() + outcome.failure())));
        waiting.start();
        register(named("one", "n = n + 1"));
        Awaitility.await().until(() -> ended.contains("onenull"));
        register(named("two", "n = n + 1"));
        Awaitility.await().until(() -> ended.contains("twonull"));
        waiting.interrupt();
        waiting.join(10_000);

        assertThat(waiting.isAlive()).isFalse();
        assertThat(count("shop.items WHERE n = 2")).isEqualTo(20);
    }

    @Test
    void triesAFailingJobAgainAfterEverLongerPauses() throws SQLException {
        fill(30);
        fillDiskAt(5);
        register(addOne());
        var timing = new ManualTiming() {
            @Override
            public void sleep(Duration time) {
                super.sleep(time);
                if (pauses.size() == 120) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        List<Duration> retries = new ArrayList<>();
        List<BackfillOutcome> ended = new ArrayList<>();
        var patient = new BackfillEngine(
                STATE_SCHEMA,
                new BackfillListener() {
                    @Override
                    public void retrying(String failure, Duration pause) {
                        assertThat(failure).contains("no space left on device");
                        retries.add(pause);
                    }
                },
                timing);

        new BackfillWorker(patient, database::connect).runUntilInterrupted(Duration.ofSeconds(30), ended::add);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(retries.stream().map(Duration::toMinutes))
                .startsWith(1L, 2L, 4L, 8L, 10L, 10L)
                .hasSameSizeAs(ended);
        assertThat(ended).hasSizeLessThan(15);
    }

    @Test
    void waitsForAServerThatDoesNotAnswer() {
        var timing = new ManualTiming() {
            @Override
            public void sleep(Duration time) {
                super.sleep(time);
                if (pauses.size() == 100) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        List<Duration> retries = new ArrayList<>();
        var listener = new BackfillListener() {
            @Override
            public void retrying(String failure, Duration pause) {
                assertThat(failure).contains("No connection", "gone");
                retries.add(pause);
            }
        };
        var away = new BackfillWorker(new BackfillEngine(STATE_SCHEMA, listener, timing), () -> {
            throw new SQLException("gone");
        });

        away.runUntilInterrupted(Duration.ofSeconds(5), outcome -> {});

        assertThat(Thread.interrupted()).isTrue();
        assertThat(retries.stream().map(Duration::toSeconds)).startsWith(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThatThrownBy(away::runAll).isInstanceOf(ConfigurationProblem.class);
    }

    @Test
    void isNotToBlameWhenSomebodyCancels() throws Exception {
        fill(200);
        register(addOne().withOptions(batchesOf(1).with(o -> o.speed(5))));
        List<BackfillOutcome> outcomes = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> running = OwnThread.run(() -> outcomes.addAll(worker.runAll()));
        Awaitility.await().until(() -> count("shop.items WHERE n = 1") > 0);
        try (var connection = database.connect()) {
            control.cancel(connection, "job");
        }
        running.join();

        assertThat(outcomes).containsExactly(new BackfillOutcome("job", null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"paused", "cancelled", "finished with failures"})
    void leavesAloneWhatCameToBeSoAfterItWasChosen(String state) throws SQLException {
        fill(10);
        register(addOne());

        List<BackfillOutcome> outcomes =
                afterChoice("UPDATE " + STATE + " SET state = '" + state + "'").runAll();

        assertThat(outcomes).containsExactly(new BackfillOutcome("job", null, null));
        assertThat(status().state().text()).isEqualTo(state);
        assertThat(count("shop.items WHERE n = 1")).isZero();
    }

    @Test
    void doesNotEnterAnewWhatWasGivenUpAfterItWasChosen() throws SQLException {
        fill(10);
        register(addOne());

        assertThat(afterChoice("DELETE FROM " + STATE).runAll())
                .containsExactly(new BackfillOutcome("job", null, null));
        assertThat(count(STATE)).isZero();
        assertThat(count("shop.items WHERE n = 1")).isZero();
    }

    /** Its options are asked for when the job is chosen, and before it is opened. */
    private BackfillWorker afterChoice(String sql) {
        return worker.withOptions(options -> {
            database.execute(sql);
            return options;
        });
    }

    private static BackfillJob named(String name, String set) {
        return BackfillJob.of(name, ITEMS, new SqlExpression(set)).withOptions(batchesOf(10));
    }

    private void register(BackfillJob job) throws SQLException {
        try (var connection = database.connect()) {
            engine.register(connection, job);
        }
    }
}
