package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.backfill.ChildRunner.Task;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs in JVMs of their own, killed by SIGKILL at random moments. */
@Tag("slow")
class KilledRunIT extends BackfillFixture {
    private static final int KILLS = 50;
    private static final int ROWS = 60_000;

    /** Alive at the same time, so that one starts while others work; the oldest is the next to be killed. */
    private static final int CHILDREN = 3;

    private static final Duration LEASE = Duration.ofMillis(200);

    KilledRunIT(TestDatabase database) {
        super(database);
    }

    @ParameterizedTest
    @EnumSource
    void changesEachRowOnceThoughFiftyProcessesAreKilled(AxisKind axis) throws Exception {
        fill(ROWS);
        makeSlow();
        long seed = Long.getLong("kill.seed", System.nanoTime() % 1_000_000);
        System.out.println("Kills at random moments; repeat them with -Dkill.seed=" + seed);
        Random random = new Random(seed);
        var task = new Task(axis, "n = n + 1", axis == AxisKind.BLOCK ? "n = 0" : null, 8, LEASE, 2, 128);

        Deque<ChildJvm> children = new ArrayDeque<>();
        try {
            for (int kills = 0; kills < KILLS; kills++) {
                while (children.size() < CHILDREN) {
                    children.add(ChildRunner.start(database, task));
                }
                ChildJvm victim = children.remove();
                ChildRunner.awaitStart(victim);
                Thread.sleep(random.nextInt(120));
                assertThat(victim.isAlive()).as("more to do for another kill").isTrue();
                victim.close();
                assertExactSoFar();
            }
            assertThat(status().state()).as("at the last kill").isEqualTo(BackfillState.RUNNING);
        } finally {
            children.forEach(ChildJvm::close);
        }
        database.execute("UPDATE shop.pace SET seconds = 0");

        run(task.job().withOptions(batchesOf(1000)));

        assertEachRowChangedOnce(ROWS);
        assertThat(status().rowsDone()).isEqualTo(ROWS);
        assertThat(count(STATE + "_range")).as("ranges that are left").isZero();
    }

    /** One look of the server at everything, while others may be at it. */
    private void assertExactSoFar() {
        assertThat(database.rows("SELECT (SELECT count(*) FROM shop.items WHERE n > 1),"
                        + " (SELECT rows_changed FROM " + STATE + " WHERE name = 'job')"
                        + " + (SELECT coalesce(sum(rows_changed), 0) FROM " + STATE
                        + "_range WHERE job = 'job')"
                        + " - (SELECT count(*) FROM shop.items WHERE n = 1)"))
                .as("rows changed twice, and rows that the job miscounts")
                .hasToString("[[0, 0]]");
    }

    /** So that most kills fall between a batch's steps, where they would do harm, and there is work for all of them. */
    private void makeSlow() {
        run(BackfillJob.of("other", ITEMS, new SqlExpression("n = 0")));
        database.execute(
                "CREATE TABLE shop.pace (seconds float)",
                "INSERT INTO shop.pace VALUES (0.02)",
                """
                CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_sleep(seconds) FROM shop.pace WHERE seconds > 0; RETURN NULL;
                END $$""",
                "CREATE TRIGGER slow AFTER UPDATE ON shop.items EXECUTE FUNCTION shop.slow()",
                "CREATE TRIGGER slow AFTER UPDATE OF state ON " + STATE + "_range EXECUTE FUNCTION shop.slow()");
    }

    @Test
    void isGoneOnWithByTheOthersWhereOneOfThreeProcessesIsKilled() throws Exception {
        fill(6000);
        makeSlow();
        var task = new Task(AxisKind.KEY, "n = n + 1", null, 10, Duration.ofMillis(700), 2, 128);
        try (ChildJvm first = ChildRunner.start(database, task);
                ChildJvm second = ChildRunner.start(database, task);
                ChildJvm third = ChildRunner.start(database, task)) {
            List.of(first, second, third).forEach(ChildRunner::awaitStart);
            String prefix = "process " + second.pid() + ", %";
            awaitRangeOf(prefix);
            second.kill();
            List<Long> left = rangesOf(prefix);

            assertThat(ChildRunner.rows(first)).as("its share").isPositive();
            assertThat(ChildRunner.rows(third)).as("its share").isPositive();
            assertThat(left).as("ranges that the dead had").isNotEmpty();
        }
        assertEachRowChangedOnce(6000);
        assertThat(status().rowsDone()).isEqualTo(6000);
    }

    private void awaitRangeOf(String worker) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (rangesOf(worker).isEmpty()) {
            assertThat(System.nanoTime()).as("a range of " + worker).isLessThan(deadline);
        }
    }

    private List<Long> rangesOf(String worker) {
        return database
                .rows("SELECT id FROM " + STATE + "_range WHERE state = 'claimed' AND worker LIKE ?", worker)
                .stream()
                .map(row -> (Long) row.get(0))
                .toList();
    }
}
