package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadRowsThrottleIT extends ThrottleFixture {
    DeadRowsThrottleIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void dropTable() {
        database.execute("DROP TABLE IF EXISTS items");
    }

    @Test
    void waitsForVacuum() throws SQLException {
        database.execute(
                "CREATE TABLE items (n int) WITH (autovacuum_enabled = false)",
                "INSERT INTO items SELECT i FROM generate_series(1, 1000) i");
        waitsForVacuumOfHalf();
    }

    @Test
    void countsThePartitionsTogether() throws SQLException {
        database.execute(
                "CREATE TABLE items (n int) PARTITION BY LIST ((n % 2))",
                "CREATE TABLE items_0 PARTITION OF items FOR VALUES IN (0) WITH (autovacuum_enabled = false)",
                "CREATE TABLE items_1 PARTITION OF items FOR VALUES IN (1) WITH (autovacuum_enabled = false)",
                "INSERT INTO items SELECT i FROM generate_series(1, 1000) i");
        waitsForVacuumOfHalf();
    }

    private void waitsForVacuumOfHalf() throws SQLException {
        assertThat(look(watch(new DeadRowsThrottle(0.3, 0)))).isEmpty();
        database.execute("UPDATE items SET n = n");

        // The server's statistics follow a commit some time later, and those of two sessions not in their order.
        awaitReason(
                new DeadRowsThrottle(0.3, 0),
                "public.items has 1000 dead rows, 50% of all (limits 30% and 0); vacuum it, or wait for autovacuum");
        assertThat(look(watch(new DeadRowsThrottle(0.6, 0)))).isEmpty();
        assertThat(look(watch(new DeadRowsThrottle(0.3, 1000)))).isEmpty();

        database.execute("VACUUM items");
        var watch = watch(new DeadRowsThrottle(0.3, 0));
        await("vacuum is known to the statistics", () -> look(watch).isEmpty());
    }

    private void awaitReason(DeadRowsThrottle throttle, String reason) throws SQLException {
        var watch = watch(throttle);
        await("the reason is " + reason, () -> look(watch).equals(Optional.of(reason)));
    }

    @Test
    void refusesALimitBelowWhichAutovacuumDoesNotCome() throws SQLException {
        database.execute(
                "CREATE TABLE items (n int)",
                "INSERT INTO items SELECT i FROM generate_series(1, 10000) i",
                "ANALYZE items");
        var fivePercent = new DeadRowsThrottle(0.05, 100);

        assertThat(hindrance(fivePercent))
                .contains("autovacuum comes to public.items at 2050 dead rows, and the limit is reached at 526");
        assertThat(hindrance(new DeadRowsThrottle(0.3, 100))).isEmpty();
        assertThat(hindrance(new DeadRowsThrottle(0.05, 5000))).isEmpty();

        database.execute("ALTER TABLE items SET (autovacuum_vacuum_scale_factor = 0.02)");
        assertThat(hindrance(fivePercent)).isEmpty();

        database.execute("ALTER TABLE items SET (autovacuum_enabled = false)");
        assertThat(hindrance(fivePercent)).contains("autovacuum is off for public.items");
    }

    @Test
    void saysThatThereIsNoSuchTable() throws SQLException {
        assertThat(hindrance(new DeadRowsThrottle(0.3, 0)))
                .isEqualTo("throttle deadRows=30%,0 can't be read: relation \"public.items\" does not exist");
    }
}
