package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table of two partitions with 50 rows each, which change while a job that stopped is not at them. */
class DetachedPartitionIT extends BackfillFixture {
    DetachedPartitionIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void divide() {
        database.execute(
                "DROP TABLE shop.items",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int) PARTITION BY RANGE (id)",
                "CREATE TABLE shop.p1 PARTITION OF shop.items FOR VALUES FROM (1) TO (51)",
                "CREATE TABLE shop.p2 PARTITION OF shop.items FOR VALUES FROM (51) TO (101)");
        fill(100);
    }

    @Test
    void doNotBeginTheJobAnewWhenOneWithAWaitingRangeIsDetached() {
        stopWithLockedRow(25);
        database.execute("ALTER TABLE shop.items DETACH PARTITION shop.p1");

        BackfillResult result = run(addOne());

        assertThat(result.state()).isEqualTo(BackfillState.FINISHED);
        assertThat(database.rows("SELECT n, count(*) FROM shop.items GROUP BY n"))
                .isEqualTo(List.of(List.of(1, 50L)));
        assertThat(count("shop.p1 WHERE n = 1")).isEqualTo(40);
        assertThat(count(RANGES)).isZero();
    }

    @Test
    void doNotBeginTheJobAnewWhenOneWithAWaitingRangeIsDropped() {
        stopWithLockedRow(25);
        database.execute("DROP TABLE shop.p1");

        run(addOne());

        assertEachRowChangedOnce(50);
    }

    @Test
    void areGoneThroughThoughTheFirstIsDetachedWhereTheJobStopped() {
        fillDiskAt(25);
        assertThatThrownBy(() -> run(addOne())).isInstanceOf(BackfillStopped.class);
        freeDisk();
        database.execute("ALTER TABLE shop.items DETACH PARTITION shop.p1");

        run(addOne());

        assertEachRowChangedOnce(50);
    }

    private void stopWithLockedRow(int id) {
        BackfillJob impatient = addOne().withOptions(batchesOf(10).withLockBudget(Duration.ofMillis(300)));
        try (var holder = LockHolder.hold(database, "UPDATE shop.items SET n = n WHERE id = " + id)) {
            assertThatThrownBy(() -> run(impatient)).hasMessageContaining("pid " + holder.pid());
        }
        assertThat(count("shop.items WHERE n = 1")).isEqualTo(90);
    }
}
