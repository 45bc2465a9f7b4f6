package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Of two workers, one of which is slower than its lease allows. */
@Tag("slow")
class LeaseIT extends BackfillFixture {
    LeaseIT(TestDatabase database) {
        super(database);
    }

    private static BackfillJob impatient() {
        return addOne().withOptions(batchesOf(10).with(o -> o.lease(Duration.ofMillis(50))));
    }

    @Test
    void leavesItsRangeToWhoeverHasTakenItMeanwhile() throws Exception {
        fill(100);
        var hasClaimed = new CountDownLatch(1);
        var othersHaveDoneAll = new CountDownLatch(1);
        var late = new BackfillEngine(STATE_SCHEMA, recorder, PausingTiming.afterClaim(() -> {
            hasClaimed.countDown();
            othersHaveDoneAll.await(30, TimeUnit.SECONDS);
        }));
        try (var connection = database.connect()) {
            var slow = OwnThread.supply(() -> late.run(connection, impatient()));
            assertThat(hasClaimed.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(run(impatient()).rowsNow()).isEqualTo(100);
            othersHaveDoneAll.countDown();

            assertThat(slow.get(20, TimeUnit.SECONDS).rowsNow()).isZero();
        }
        assertEachRowChangedOnce(100);
    }

    /** Others look for something to do at least twice in a second. */
    @Test
    void keepsItsRangeWhileItIsAtItsRowsHoweverLongThatTakes() throws Exception {
        fill(100);
        var isInside = new CountDownLatch(1);
        var othersHaveLooked = new CountDownLatch(1);
        var late = new BackfillEngine(STATE_SCHEMA, recorder, PausingTiming.insideBatch(() -> {
            isInside.countDown();
            othersHaveLooked.await(30, TimeUnit.SECONDS);
        }));
        try (var connection = database.connect()) {
            var slow = OwnThread.supply(() -> late.run(connection, impatient()));
            assertThat(isInside.await(20, TimeUnit.SECONDS)).isTrue();
            var other = OwnThread.supply(() -> run(impatient()));
            while (count("shop.items WHERE n = 1") < 90
                    || count(RANGES + " WHERE due_at < clock_timestamp() - interval '1 s'") == 0) {
                assertThat(other).isNotDone();
            }
            othersHaveLooked.countDown();

            assertThat(slow.get(20, TimeUnit.SECONDS).rowsNow()).isEqualTo(10);
            assertThat(other.get(20, TimeUnit.SECONDS).rowsNow()).isEqualTo(90);
        }
        assertEachRowChangedOnce(100);
    }
}
