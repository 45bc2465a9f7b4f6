package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LockedRowsIT extends BackfillFixture {
    LockedRowsIT(TestDatabase database) {
        super(database);
    }

    @Test
    void waitsUntilARowIsFreeAndMissesNone() throws SQLException {
        fill(100);
        List<BackfillWait> waits;
        BackfillResult result;
        try (var connection = database.connect();
                var holder = new HolderForSomeWaits(database, "UPDATE shop.items SET n = n WHERE id = 55", 3)) {
            result = new BackfillEngine(STATE_SCHEMA, holder).run(connection, addOne());
            waits = holder.waits;
        }

        assertEachRowChangedOnce(100);
        assertThat(result.rows()).isEqualTo(100);
        assertThat(waits).hasSize(3);
    }

    @Test
    void namesWhoLocksTheRow() throws SQLException {
        fill(100);
        try (var connection = database.connect();
                var holder = new HolderForSomeWaits(database, "SELECT * FROM shop.items WHERE id = 55 FOR UPDATE", 1)) {
            new BackfillEngine(STATE_SCHEMA, holder).run(connection, addOne());

            assertThat(holder.waits.get(0).range()).isEqualTo("id after 50 up to 60");
            assertThat(holder.waits.get(0).blockers()).singleElement().satisfies(blocker -> {
                assertThat(blocker.pid()).isEqualTo(holder.pid());
                assertThat(blocker.application()).isEqualTo("lock-holder");
                assertThat(blocker.query()).contains("FOR UPDATE");
            });
        }
    }

    @Test
    void namesWhoLocksTheTable() throws SQLException {
        fill(100);
        try (var connection = database.connect();
                var holder = new HolderForSomeWaits(database, "LOCK TABLE shop.items IN SHARE MODE", 1)) {
            new BackfillEngine(STATE_SCHEMA, holder).run(connection, addOne());

            assertThat(holder.waits.get(0).blockers())
                    .singleElement()
                    .satisfies(blocker -> assertThat(blocker.pid()).isEqualTo(holder.pid()));
        }
        assertEachRowChangedOnce(100);
    }

    @Test
    void doesAllOtherRowsBeforeTheLockedOnes() throws SQLException {
        fill(100);
        List<Long> doneAtEachWait = new ArrayList<>();
        try (var connection = database.connect();
                var holder = new HolderForSomeWaits(database, "UPDATE shop.items SET n = n WHERE id IN (5, 33)", 8) {
                    @Override
                    public void waiting(BackfillWait wait) {
                        doneAtEachWait.add(count("shop.items WHERE n = 1"));
                        super.waiting(wait);
                    }
                }) {
            new BackfillEngine(STATE_SCHEMA, holder).run(connection, addOne());
        }

        assertThat(doneAtEachWait.get(0)).as("the first range has a locked row").isZero();
        assertThat(doneAtEachWait.get(7)).as("all that nobody held").isEqualTo(80);
        assertEachRowChangedOnce(100);
    }

    @Test
    void neverSleepsWhileThereAreOtherRows() throws SQLException {
        fill(500);
        var timing = new SleepsSeen();
        try (var connection = database.connect();
                var holder = new HolderForSomeWaits(database, "UPDATE shop.items SET n = n WHERE id = 5", 100) {
                    @Override
                    public void waiting(BackfillWait wait) {
                        super.waiting(wait);
                        if (count("shop.items WHERE n = 1") == 490) {
                            close();
                        }
                    }
                }) {
            new BackfillEngine(STATE_SCHEMA, holder, timing).run(connection, addOne());
            assertThat(holder.waits).hasSizeGreaterThan(1);
        }

        assertThat(timing.doneAtEachSleep).isNotEmpty().allMatch(done -> done >= 490);
        assertEachRowChangedOnce(500);
    }

    /** How many rows were done whenever a worker had nothing to do. */
    private final class SleepsSeen implements Timing {
        final List<Long> doneAtEachSleep = new ArrayList<>();

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            if (!time.isZero()) {
                doneAtEachSleep.add(count("shop.items WHERE n = 1"));
            }
            Thread.sleep(time.toMillis());
        }

        @Override
        public double random() {
            return 0;
        }
    }

    @Test
    @Tag("slow")
    void leavesNoFloodOfRangesWhereTheWholeTableIsLocked() throws SQLException {
        fill(2000);
        BackfillJob impatient = addOne().withOptions(
                        batchesOf(10).withLockTimeout(Duration.ofMillis(1)).withLockBudget(Duration.ofMillis(500)));
        try (var connection = database.connect();
                var holder =
                        new HolderForSomeWaits(database, "LOCK TABLE shop.items IN SHARE MODE", Integer.MAX_VALUE)) {
            assertThatThrownBy(() -> new BackfillEngine(STATE_SCHEMA, holder).run(connection, impatient))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("locked for all of the lock budget of 500 ms, by")
                    .satisfies(stopped -> assertThat(stopped).hasMessageContaining("pid " + holder.pid()));
        }

        assertThat(count(RANGES)).isBetween(2L, 100L);
        run(impatient);
        assertEachRowChangedOnce(2000);
        assertThat(count(RANGES)).isZero();
    }

    @Test
    void goesOnFromRangesThatWaitedWhenItStopped() throws SQLException {
        fill(100);
        BackfillJob impatient = addOne().withOptions(batchesOf(10).withLockBudget(Duration.ofMillis(300)));
        try (var holder = LockHolder.hold(database, "UPDATE shop.items SET n = n WHERE id IN (5, 33)")) {
            assertThatThrownBy(() -> run(impatient)).hasMessageContaining("pid " + holder.pid());
        }
        assertThat(database.rows("SELECT state, after::text, up_to::text FROM " + RANGES + " ORDER BY id"))
                .isEqualTo(List.of(List.of("waiting", "{}", "{10}"), List.of("waiting", "{30}", "{40}")));
        assertThat(status().rowsPassed()).isEqualTo(80);

        BackfillResult result = run(impatient);

        assertThat(result.rowsNow()).isEqualTo(20);
        assertEachRowChangedOnce(100);
    }

    /** Holds a lock from the beginning of a run until it has told of so many waits. */
    private static class HolderForSomeWaits implements BackfillListener, AutoCloseable {
        final List<BackfillWait> waits = new ArrayList<>();
        private final TestDatabase database;
        private final String statement;
        private final int toWaitFor;
        private @Nullable LockHolder holder;

        HolderForSomeWaits(TestDatabase database, String statement, int toWaitFor) {
            this.database = database;
            this.statement = statement;
            this.toWaitFor = toWaitFor;
        }

        int pid() {
            return Objects.requireNonNull(holder).pid();
        }

        @Override
        public void started(BackfillStatus status) {
            holder = LockHolder.hold(database, statement);
        }

        @Override
        public void waiting(BackfillWait wait) {
            waits.add(wait);
            if (waits.size() == toWaitFor) {
                close();
            }
        }

        @Override
        public void close() {
            if (holder != null) {
                holder.close();
            }
        }
    }

    @Test
    void stopsWithRangeAndBlockerWhenTheBudgetIsSpentAndGoesOnLater() throws SQLException {
        fill(100);
        BackfillJob impatient = addOne().withOptions(batchesOf(10).withLockBudget(Duration.ofMillis(400)));
        try (var holder = LockHolder.hold(database, "UPDATE shop.items SET n = n WHERE id = 55")) {
            BackfillStopped stopped = catchThrowableOfType(BackfillStopped.class, () -> run(impatient));

            assertThat(stopped)
                    .hasMessageContaining("stopped at id after 50 up to 60")
                    .hasMessageContaining("locked for all of the lock budget of 400 ms")
                    .hasMessageContaining("pid " + holder.pid())
                    .hasCauseInstanceOf(SQLException.class);
            assertThat(stopped.getCause()).hasMessageContaining("lock timeout");
        }
        assertThat(status().rowsDone())
                .as("all but the range of the locked row")
                .isEqualTo(90);

        run(impatient);
        assertEachRowChangedOnce(100);
    }

    @Test
    @Tag("slow")
    void takesSmallerBatchesWhereRowsAreLocked() {
        fill(100);
        BackfillOptions options = BackfillOptions.defaults()
                .withBatchSizes(64, 1, 64)
                .withTargetTime(Duration.ofSeconds(1))
                .withLockBudget(Duration.ofSeconds(2));
        try (var holder = LockHolder.hold(database, "UPDATE shop.items SET n = n WHERE id = 20")) {
            assertThatThrownBy(() -> run(addOne().withOptions(options))).isInstanceOf(BackfillStopped.class);
        }

        assertThat(count("shop.items WHERE n = 1"))
                .as("all but a few rows beside the locked one")
                .isBetween(90L, 99L);
        run(addOne().withOptions(options));
        assertEachRowChangedOnce(100);
    }

    @Test
    void neverMakesTheApplicationWaitLongerThanABatchAndItsLockTimeout() {
        fill(5000);
        try (var holder = LockHolder.hold(database, "UPDATE shop.items SET n = n WHERE id = 4000");
                var application = Workload.start(
                        database,
                        Workload.statement("app", (connection, random) -> touch(connection, 1 + random.nextInt(3999)))
                                .times(3))) {
            var released = holder.releaseAfter(Duration.ofMillis(1500));
            run(addOne().withOptions(BackfillOptions.defaults().withTargetTime(Duration.ofMillis(50))));

            released.join();
            Workload.Report report = application.stop();
            assertThat(report.errorCount()).as(report.toString()).isZero();
            assertThat(report.slowest()).as(report.toString()).isLessThan(Duration.ofMillis(600));
        }
        assertEachRowChangedOnce(5000);
    }

    private static void touch(Connection connection, int id) throws SQLException {
        try (var statement = connection.prepareStatement("UPDATE shop.items SET n = n WHERE id = ?")) {
            statement.setInt(1, id);
            statement.executeUpdate();
        }
    }

    /** The application locks the last row of the batch, and then wants the first, which the batch has changed. */
    @Test
    void isItselfTheOneToGiveUpInADeadlock() throws Exception {
        fill(10);
        try (var application = database.connect();
                var connection = database.connect()) {
            application.setAutoCommit(false);
            touch(application, 10);
            var backfill = OwnThread.supply(() -> engine.run(connection, addOne()));
            while (count("pg_locks WHERE locktype = 'transactionid' AND NOT granted") == 0) {
                Thread.onSpinWait();
            }
            long began = System.nanoTime();
            touch(application, 1);
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            application.commit();

            assertThat(waited).isLessThan(Duration.ofMillis(900));
            assertThat(backfill.get(20, TimeUnit.SECONDS).rows()).isEqualTo(10);
        }
        assertEachRowChangedOnce(10);
    }

    @Test
    void cutsABatchThatTheServerCancelsForItsTime() {
        fill(100);
        BackfillOptions options = BackfillOptions.defaults()
                .withTargetTime(Duration.ofMillis(100))
                .withBatchSizes(100, 5, 100)
                .withBatchTimeout(Duration.ofMillis(300));

        BackfillResult result = run(addSlowly().withOptions(options));

        assertEachRowChangedOnce(100);
        assertThat(result.batchesNow()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void stopsWhereEvenTheSmallestBatchTakesTooLong() {
        fill(100);
        BackfillOptions options = BackfillOptions.defaults()
                .withTargetTime(Duration.ofMillis(100))
                .withBatchSizes(100, 90, 100)
                .withBatchTimeout(Duration.ofMillis(200));

        BackfillStopped stopped = catchThrowableOfType(
                BackfillStopped.class, () -> run(addSlowly().withOptions(options)));

        assertThat(stopped).hasMessageContaining("even the smallest batch takes longer than batchTimeout");
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(100);
    }

    /** Five milliseconds a row. */
    private static BackfillJob addSlowly() {
        return job(ITEMS, "n = n + 1 + (SELECT length(pg_sleep(0.005 + items.n)::text))");
    }
}
