package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several jobs, one budget. */
class BudgetIT extends BackfillFixture {
    BudgetIT(TestDatabase database) {
        super(database);
    }

    @Test
    void boundsTheBatchesOfAllJobsTogether() throws Exception {
        assertThat(mostAtOnce(2)).isEqualTo(2);
    }

    @Test
    void isUnlimitedByDefault() throws Exception {
        assertThat(mostAtOnce(null)).isGreaterThan(2);
    }

    @Test
    void makesAJobWaitAndSayWhyAndGoOnWhenThereIsRoom() throws Exception {
        fill(100);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<BackfillResult> run;
        try (var others = LockHolder.hold(database, "SELECT pg_advisory_xact_lock(2019779174, 1)")) {
            assertThat(others.pid()).isPositive();
            run = thread.submit(() -> run(limited(addOne(), 1)));
            while (recorder.throttles.isEmpty()) {
                assertThat(run.isDone()).isFalse();
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(count("shop.items WHERE n = 1")).isZero();
            Awaitility.await().until(() -> recorder.throttles.get(0).equals(status().throttle()));
            TimeUnit.MILLISECONDS.sleep(2500);
            assertThat(status().throttle()).as("as long as they wait").isEqualTo(recorder.throttles.get(0));
        }
        assertThat(run.get(30, TimeUnit.SECONDS).rows()).isEqualTo(100);
        assertThat(recorder.throttles.get(0))
                .isEqualTo("the 1 batches that may be at work at once (maxConcurrentBatches) are of others");
        assertThat(status().throttle()).isNull();
        assertEachRowChangedOnce(100);
        thread.shutdown();
    }

    /** Of two jobs with three workers each. */
    private int mostAtOnce(@Nullable Integer limit) throws Exception {
        fill(300);
        database.execute(
                "CREATE TABLE shop.others AS SELECT * FROM shop.items",
                "ALTER TABLE shop.others ADD PRIMARY KEY (id)",
                "CREATE TABLE shop.seen (batches int)",
                """
                CREATE FUNCTION shop.see() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_advisory_xact_lock_shared(7, 7);
                  PERFORM pg_sleep(0.01);
                  INSERT INTO shop.seen SELECT count(*) FROM pg_locks
                    WHERE locktype = 'advisory' AND classid = 7
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
                  RETURN NULL;
                END $$""",
                "CREATE TRIGGER see BEFORE UPDATE ON shop.items EXECUTE FUNCTION shop.see()",
                "CREATE TRIGGER see BEFORE UPDATE ON shop.others EXECUTE FUNCTION shop.see()");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<BackfillResult>> runs = Stream.of("items", "others")
                .map(table -> limited(
                        BackfillJob.of(table, QualifiedName.of("shop", table), new SqlExpression("n = n + 1"))
                                .withOptions(batchesOf(10)),
                        limit))
                .map(job -> threads.submit(() -> engine.run(database.dataSource()::getConnection, job)))
                .toList();
        for (Future<BackfillResult> run : runs) {
            assertThat(run.get(60, TimeUnit.SECONDS).rows()).isEqualTo(300);
        }
        threads.shutdown();
        assertEachRowChangedOnce(300);
        return database.value("SELECT max(batches) FROM shop.seen");
    }

    private static BackfillJob limited(BackfillJob job, @Nullable Integer limit) {
        return job.withOptions(job.options().with(o -> o.workers(3).maxConcurrentBatches(limit)));
    }
}
