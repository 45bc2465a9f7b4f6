package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a job whose connections break, or whose server does. */
class ConnectionCutIT extends BackfillFixture {
    private static final int ROWS = 2500;
    private static final String OURS =
            "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'backfill'";

    private final long seed = Long.getLong("cut.seed", System.nanoTime() % 1_000_000);

    ConnectionCutIT(TestDatabase database) {
        super(database);
        System.out.println("Cuts at random moments; repeat them with -Dcut.seed=" + seed);
    }

    private BackfillJob tens(AxisKind axis) {
        return addOne().withCondition(new SqlExpression("n = 0"))
                .withOptions(batchesOf(10)
                        .with(o -> o.axis(axis)
                                .workers(2)
                                .lease(Duration.ofMillis(300))
                                .reconnectBudget(Duration.ofSeconds(60))));
    }

    private CompletableFuture<BackfillResult> inBackground(ConnectionSource source, BackfillJob job) {
        return OwnThread.supply(() -> engine.run(source, job));
    }

    private static BackfillResult end(CompletableFuture<BackfillResult> run) throws Exception {
        return run.get(2, TimeUnit.MINUTES);
    }

    /** A batch takes so long at least, after its rows were changed, as long as somebody wants it. */
    private void makeSlow(String seconds) {
        database.execute(
                "CREATE TABLE shop.pace AS SELECT " + seconds + "::float AS seconds",
                """
                CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_sleep(seconds) FROM shop.pace WHERE seconds > 0; RETURN NULL;
                END $$""",
                "CREATE TRIGGER slow AFTER UPDATE ON shop.items EXECUTE FUNCTION shop.slow()");
    }

    private void awaitRows(CompletableFuture<BackfillResult> run, long rows) {
        while (count("shop.items WHERE n = 1") < rows) {
            if (run.isDone()) {
                throw new AssertionError("ended already: " + run.join());
            }
        }
    }

    private void makeFast() {
        database.execute("UPDATE shop.pace SET seconds = 0");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void goesOnWhenItsSessionsAreTerminatedOverAndOver(AxisKind axis) throws Exception {
        fill(ROWS);
        // In block order a batch has all the rows of a block, so that there are few of them.
        makeSlow(axis == AxisKind.KEY ? "0.02" : "0.1");
        Random random = new Random(seed);
        CompletableFuture<BackfillResult> run = inBackground(() -> database.connectNamed("backfill"), tens(axis));
        awaitRows(run, 20);
        int cuts = 0;
        try (var administrator = database.connect();
                var statement = administrator.createStatement()) {
            while (cuts < 20 && !run.isDone()) {
                Thread.sleep(random.nextInt(100));
                try (var row = statement.executeQuery("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid " + OURS
                        + " ORDER BY random() LIMIT 1) one")) {
                    row.next();
                    cuts += row.getInt(1);
                }
            }
        }
        makeFast();

        assertThat(cuts).isGreaterThanOrEqualTo(5);
        assertThat(end(run).rows()).isEqualTo(ROWS);
        assertEachRowChangedOnce(ROWS);
        assertThat(status().rowsDone()).isEqualTo(ROWS);
    }

    @Test
    void stopsOnALentConnectionAndGoesOnWithTheNext() throws Exception {
        fill(300);
        makeSlow("0.02");
        BackfillJob job = tens(AxisKind.KEY);
        for (int i = 0; i < 3; i++) {
            long before = count("shop.items WHERE n = 1");
            try (var connection = database.connectNamed("backfill")) {
                var run = OwnThread.supply(() -> engine.run(connection, job));
                awaitRows(run, before + 20);
                database.rows("SELECT pg_terminate_backend(pid) " + OURS);

                assertThatThrownBy(run::join)
                        .cause()
                        .isInstanceOf(BackfillStopped.class)
                        .hasMessageContaining("run the same again: it goes on from there");
            }
        }
        makeFast();
        run(job);

        assertEachRowChangedOnce(300);
    }

    /** Of some commits the answer never comes: the server had done it, or never heard of it. */
    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void goesOnWhenNobodyKnowsWhetherItHasCommitted(AxisKind axis) throws Exception {
        fill(1500);
        Random random = new Random(seed);
        var commits = new AtomicInteger();
        var lost = new AtomicInteger();
        ConnectionSource source = () -> losingCommits(database.connectNamed("backfill"), random, commits, lost);

        BackfillResult result = end(inBackground(source, tens(axis)));

        assertThat(result.rows()).isEqualTo(1500);
        assertEachRowChangedOnce(1500);
        assertThat(lost.get()).as("commits of unknown end").isPositive();
    }

    private static Connection losingCommits(Connection real, Random random, AtomicInteger commits, AtomicInteger lost) {
        return ListenedConnection.of(real, method -> {
            if (method.equals("commit") && commits.incrementAndGet() % 7 == 0) {
                lost.incrementAndGet();
                if (random.nextBoolean()) {
                    real.commit();
                }
                ListenedConnection.breaks(real);
            }
        });
    }

    /** The session ends itself inside COMMIT, where the deferred trigger runs. */
    @ParameterizedTest
    @EnumSource
    void goesOnWhenItsSessionEndsInsideCommit(AxisKind axis) throws Exception {
        fill(500);
        database.execute(
                "CREATE SEQUENCE shop.deaths",
                """
                CREATE FUNCTION shop.die() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF NEW.id % 100 = 7 AND nextval('shop.deaths') <= 5 THEN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                  END IF;
                  RETURN NULL;
                END $$""",
                "CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON shop.items DEFERRABLE INITIALLY DEFERRED"
                        + " FOR EACH ROW EXECUTE FUNCTION shop.die()");

        end(inBackground(() -> database.connectNamed("backfill"), tens(axis)));

        assertEachRowChangedOnce(500);
        assertThat(database.<Long>value("SELECT last_value FROM shop.deaths")).isGreaterThanOrEqualTo(5);
    }

    /** That kills whoever touches it: retried for ever, it would bring the server down each time. */
    @Test
    void stopsWhereARangeEndsEverySessionThatComesToIt() {
        fill(100);
        database.execute(
                """
                CREATE FUNCTION shop.die() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL;
                END $$""",
                "CREATE TRIGGER die AFTER UPDATE ON shop.items FOR EACH ROW WHEN (NEW.id = 55) EXECUTE FUNCTION shop.die()");
        BackfillJob job = addOne().withOptions(
                        batchesOf(10).with(o -> o.lease(Duration.ofMillis(50)).reconnectBudget(Duration.ofSeconds(2))));

        assertThatThrownBy(() -> end(inBackground(() -> database.connectNamed("backfill"), job)))
                .cause()
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("id after 50 up to 60");

        database.execute("DROP TRIGGER die ON shop.items");
        run(job);
        assertEachRowChangedOnce(100);
    }

    /** A backend that is killed takes all sessions with it; or the whole server is stopped at once, and started again. */
    @ParameterizedTest
    @ValueSource(strings = {"crash", "restart"})
    void goesOnWhenTheServerComesBack(String how) throws Exception {
        assumeTrue(System.getProperty("postgres", "embedded").equals("embedded"), "the server must be our own");
        // As servers are outside of tests: what is committed is still there after a crash.
        database.execute("ALTER DATABASE " + database.name() + " SET synchronous_commit = on");
        fill(ROWS);
        makeSlow("0.02");
        database.execute("CHECKPOINT");
        var run = inBackground(() -> database.connectNamed("backfill"), tens(AxisKind.KEY));
        awaitRows(run, 100);
        breakServer(how);
        awaitServer();
        makeFast();

        assertThat(end(run).rows()).isEqualTo(ROWS);
        assertEachRowChangedOnce(ROWS);
        assertThat(status().rowsDone()).isEqualTo(ROWS);
    }

    private void breakServer(String how) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_backend_pid(), current_setting('data_directory'),"
                        + " (SELECT setting FROM pg_config() WHERE name = 'BINDIR')")) {
            row.next();
            String command = how.equals("crash")
                    ? "kill -9 " + row.getInt(1)
                    : "setsid %s/pg_ctl -D %s -m immediate restart >/dev/null 2>&1 </dev/null &"
                            .formatted(row.getString(3), row.getString(2));
            String before =
                    database.<Object>value("SELECT pg_postmaster_start_time()").toString();
            try (var copy = connection.createStatement()) {
                copy.execute("COPY (SELECT) TO PROGRAM '" + command + "'");
                while (how.equals("restart")
                        && database.<Object>value("SELECT pg_postmaster_start_time()")
                                .toString()
                                .equals(before)) {
                    Thread.onSpinWait();
                }
            } catch (SQLException | RuntimeException e) {
                // As it was meant.
            }
        }
    }

    private void awaitServer() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline) {
            try (var connection = database.connect()) {
                assertThat(connection.isValid(5)).isTrue();
                return;
            } catch (SQLException e) {
                Thread.sleep(20);
            }
        }
        throw new AssertionError("The server has not come back");
    }

    /** Whoever owns the role or the database may have set anything. */
    @ParameterizedTest
    @EnumSource
    void goesOnWhateverTheDatabaseHasSet(AxisKind axis) throws Exception {
        fill(100);
        makeSlow("0.15");
        String[] settings = Stream.of(
                        "statement_timeout = '100ms'",
                        "lock_timeout = '1ms'",
                        "idle_in_transaction_session_timeout = '100ms'",
                        "default_transaction_isolation = 'serializable'",
                        "datestyle = 'ISO, DMY'",
                        "enable_indexscan = off",
                        "row_security = off",
                        "default_transaction_read_only = on",
                        database.serverVersion() < 17 ? "work_mem = '1MB'" : "transaction_timeout = '100ms'")
                .map(setting -> "ALTER DATABASE " + database.name() + " SET " + setting)
                .toArray(String[]::new);
        database.execute(settings);

        end(inBackground(() -> database.connectNamed("backfill"), tens(axis)));

        assertThat(count("shop.items WHERE n = 1")).isEqualTo(100);
    }
}
