package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every change of a job that runs, through Java and through the statements of the documentation. */
class ControlIT extends BackfillFixture {
    private static final BackfillControl CONTROL = new BackfillControl(STATE_SCHEMA);
    private static final int ROWS = 3_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    ControlIT(TestDatabase database) {
        super(database);
    }

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    enum Way {
        JAVA {
            @Override
            void pause(Connection connection) {
                CONTROL.pause(connection, "job");
            }

            @Override
            void resume(Connection connection) {
                CONTROL.resume(connection, "job");
            }

            @Override
            void cancel(Connection connection) {
                CONTROL.cancel(connection, "job");
            }

            @Override
            void slowDown(Connection connection) {
                CONTROL.speed(connection, "job", 20);
            }

            @Override
            void runAtItsOwnSpeed(Connection connection) {
                CONTROL.speed(connection, "job", null);
            }
        },
        SQL {
            @Override
            void pause(Connection connection) throws SQLException {
                documented(connection, "pause");
            }

            @Override
            void resume(Connection connection) throws SQLException {
                documented(connection, "resume");
            }

            @Override
            void cancel(Connection connection) throws SQLException {
                documented(connection, "cancel");
            }

            @Override
            void slowDown(Connection connection) throws SQLException {
                documented(connection, "speed");
            }

            @Override
            void runAtItsOwnSpeed(Connection connection) throws SQLException {
                documented(connection, "own speed");
            }
        };

        abstract void pause(Connection connection) throws SQLException;

        abstract void resume(Connection connection) throws SQLException;

        abstract void cancel(Connection connection) throws SQLException;

        abstract void slowDown(Connection connection) throws SQLException;

        abstract void runAtItsOwnSpeed(Connection connection) throws SQLException;
    }

    @ParameterizedTest
    @EnumSource
    void aPausedRunWaitsAndSaysSoUntilItIsResumed(Way way) throws Exception {
        CompletableFuture<BackfillResult> run = start();
        try (Connection connection = database.connect()) {
            way.pause(connection);
            long then = status().rowsDone();
            await(() -> recorder.progress.stream()
                    .anyMatch(status -> status.inWords().startsWith("paused, ")));
            long now = status().rowsDone();
            assertThat(now).as("no more than the range at hand").isBetween(then, then + 100);
            Thread.sleep(300);
            assertThat(status().rowsDone()).isEqualTo(now);
            assertThat(run).isNotDone();
            way.pause(connection);
            way.resume(connection);
            assertThat(status().state()).isEqualTo(BackfillState.RUNNING);
        }

        assertThat(run.get(60, TimeUnit.SECONDS).rows()).isEqualTo(ROWS);
        assertEachRowChangedOnce(ROWS);
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledRunStopsAndTheNextGoesOn(Way way) throws Exception {
        CompletableFuture<BackfillResult> run = start();
        long then;
        try (Connection connection = database.connect()) {
            way.cancel(connection);
            then = status().rowsDone();
        }

        assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BackfillStopped.class)
                .hasMessageContaining("somebody has cancelled it");
        assertThat(status().state()).isEqualTo(BackfillState.CANCELLED);
        assertThat(status().rowsDone()).isBetween(then, then + 100);
        run(addOne().withOptions(batchesOf(1000)));
        assertEachRowChangedOnce(ROWS);
    }

    @ParameterizedTest
    @EnumSource
    void aPausedRunCanBeCancelled(Way way) throws Exception {
        CompletableFuture<BackfillResult> run = start();
        try (Connection connection = database.connect()) {
            way.pause(connection);
            way.cancel(connection);
        }

        assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(BackfillStopped.class);
    }

    @ParameterizedTest
    @EnumSource
    void aRunTakesOverANewSpeed(Way way) throws Exception {
        var pauses = new Pauses();
        CompletableFuture<BackfillResult> run = start(new BackfillEngine(STATE_SCHEMA, recorder, pauses));
        try (Connection connection = database.connect()) {
            assertThat(pauses.last).isZero();
            way.slowDown(connection);
            assertThat(status().speed()).isEqualTo(20);
            await(() -> !pauses.last.isZero());
            way.runAtItsOwnSpeed(connection);
            assertThat(status().speed()).isNull();
            await(() -> noneWhileRowsAreChanged(pauses));
        }
        assertThat(run.get(60, TimeUnit.SECONDS).rows()).isEqualTo(ROWS);
    }

    private boolean noneWhileRowsAreChanged(Pauses pauses) {
        pauses.last = Duration.ZERO;
        long before = count("shop.items WHERE n > 0");
        while (count("shop.items WHERE n > 0") < Math.min(ROWS, before + 30)) {
            Thread.onSpinWait();
        }
        return pauses.last.isZero();
    }

    /** Notes how long the worker would rest. */
    private static final class Pauses implements Timing {
        private volatile Duration last = Duration.ZERO;

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) {
            last = time;
        }

        @Override
        public double random() {
            return 0;
        }
    }

    private CompletableFuture<BackfillResult> start() throws InterruptedException {
        return start(engine);
    }

    private CompletableFuture<BackfillResult> start(BackfillEngine its) throws InterruptedException {
        fill(ROWS);
        CompletableFuture<BackfillResult> run = CompletableFuture.supplyAsync(
                () -> {
                    try (Connection connection = database.connect()) {
                        return its.run(connection, addOne());
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                },
                threads);
        await(() -> !recorder.starts.isEmpty() && count("shop.items WHERE n > 0") >= 30);
        return run;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /** The statement that the documentation gives for it, in the schema that the tests keep their state in. */
    static void documented(Connection connection, String what) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET search_path = " + STATE_SCHEMA.sql());
            statement.execute(documented(what));
        }
    }

    static String documented(String what) {
        try {
            Matcher sql = Pattern.compile("-- " + what + "\n(.*?);\n", Pattern.DOTALL)
                    .matcher(Files.readString(Path.of("..", "docs", "backfill.md")));
            assertThat(sql.find()).as("documented: %s", what).isTrue();
            return sql.group(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
