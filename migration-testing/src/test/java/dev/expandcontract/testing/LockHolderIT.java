package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class LockHolderIT {
    private final TestDatabase database;

    LockHolderIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void table() {
        database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (a int)");
    }

    @Test
    void holdsItsLockUntilItIsReleased() {
        try (var holder = LockHolder.hold(database, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE")) {
            assertThatThrownBy(() -> database.execute("LOCK TABLE t NOWAIT"))
                    .extracting("cause.SQLState")
                    .isIn("55P03", "25P01");
            assertThat(locks()).containsExactly(List.of("lock-holder", holder.pid(), "AccessExclusiveLock"));

            holder.release();
            holder.release();

            assertThat(locks()).isEmpty();
        }
    }

    @Test
    void goesByTheNameItIsGiven() {
        try (var holder = LockHolder.holdAs("reporting", database, "LOCK TABLE t IN ROW EXCLUSIVE MODE")) {
            assertThat(locks()).containsExactly(List.of("reporting", holder.pid(), "RowExclusiveLock"));
        }
        assertThat(locks()).isEmpty();
    }

    @Test
    void commitsOnReleaseAndRollsBackOnClose() {
        LockHolder.hold(database, "INSERT INTO t VALUES (1)").release();
        LockHolder.hold(database, "INSERT INTO t VALUES (2)").close();

        assertThat(database.rows("SELECT a FROM t")).containsExactly(List.of(1));
    }

    @Test
    void releasesByItselfAfterAWhile() {
        try (var holder = LockHolder.hold(database, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE")) {
            long start = System.nanoTime();
            var released = holder.releaseAfter(Duration.ofMillis(300));
            database.execute("INSERT INTO t VALUES (1)");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
            assertThat(released).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    @Test
    void namesAStatementThatFailsAndHoldsNothing() {
        assertThatThrownBy(() -> LockHolder.hold(database, "LOCK TABLE t", "LOCK TABLE missing"))
                .isInstanceOf(StatementFailed.class)
                .hasMessageContaining("LOCK TABLE missing");
        assertThat(locks()).isEmpty();
    }

    private List<List<@Nullable Object>> locks() {
        return database.rows("""
                SELECT application_name, pid, mode FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE relation = to_regclass('t') AND granted AND locktype = 'relation'
                """);
    }
}
