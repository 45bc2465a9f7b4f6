package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.TestDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KilledRunIT extends BackfillFixture {
    private static final int ROWS = 40_000;

    KilledRunIT(TestDatabase database) {
        super(database);
    }

    /** A runner in a JVM of its own. */
    static final class Runner {
        public static void main(String[] arguments) throws SQLException {
            try (var connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
                var result = new BackfillEngine(STATE_SCHEMA).run(connection, hundreds());
                System.out.println("finished with batches: " + result.batchesNow());
            }
        }
    }

    @Test
    void changesEachRowOnceThoughItsProcessIsKilledAtRandomMoments() throws Exception {
        makeFrontierSlow();
        fill(ROWS);
        long seed = Long.getLong("kill.seed", System.nanoTime() % 1_000_000);
        System.out.println("Kills at random moments; repeat them with -Dkill.seed=" + seed);
        Random random = new Random(seed);
        int kills = 0;
        while (kills < 8) {
            long batches = batches();
            try (ChildJvm child = start()) {
                awaitMoreBatches(child, batches + 1);
                Thread.sleep(random.nextInt(150));
                assertThat(child.isAlive())
                        .as(() -> "more to do for another kill; the child said: " + child.lines())
                        .isTrue();
                child.kill();
                kills++;
            }
            awaitEndOfOrphan();
            assertThat(status().rowsDone()).as("what the job says it did").isEqualTo(count("shop.items WHERE n = 1"));
            assertThat(count("shop.items WHERE n > 1")).isZero();
        }
        long before = batches();
        try (ChildJvm child = start()) {
            child.expectSuccess();
            assertThat(child.lines()).contains("finished with batches: " + (ROWS / 100 - before));
        }

        assertEachRowChangedOnce(ROWS);
        assertThat(batches()).as("no batch was done again").isEqualTo(ROWS / 100);
    }

    /** So that most kills fall between the rows and the frontier of a batch, where they would do harm. */
    private void makeFrontierSlow() {
        run(BackfillJob.of("other", ITEMS, new SqlExpression("n = 0")));
        database.execute(
                """
                CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_sleep(0.01); RETURN NEW;
                END $$""", "CREATE TRIGGER slow BEFORE UPDATE ON " + STATE + " FOR EACH ROW EXECUTE FUNCTION shop.slow()");
    }

    private ChildJvm start() {
        return ChildJvm.start(Runner.class, database.url(), database.user(), database.password());
    }

    private static BackfillJob hundreds() {
        return BackfillJob.of("job", ITEMS, new SqlExpression("n = n + 1"))
                .withOptions(batchesOf(100).with(o -> o.lease(Duration.ofSeconds(1))));
    }

    private long batches() throws SQLException {
        try (var connection = database.connect()) {
            return engine.status(connection, "job").map(BackfillStatus::batches).orElse(0L);
        }
    }

    private void awaitMoreBatches(ChildJvm child, long batches) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (batches() < batches && child.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    private void awaitEndOfOrphan() throws InterruptedException {
        while (count("pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        + " AND backend_type = 'client backend' AND state <> 'idle'")
                > 0) {
            Thread.sleep(5);
        }
    }
}
