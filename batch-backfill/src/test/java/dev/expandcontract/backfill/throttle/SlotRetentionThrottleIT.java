package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a slot that nobody reads. */
class SlotRetentionThrottleIT extends ThrottleFixture {
    private static final int MEGABYTE = 1 << 20;

    private final String slot;

    SlotRetentionThrottleIT(TestDatabase database) {
        super(database);
        this.slot = "forgotten_" + database.name();
    }

    /** A new slot begins at the last checkpoint. */
    @BeforeEach
    void createSlot() {
        database.execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
    }

    @AfterEach
    void dropSlot() {
        database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                + slot + "'");
    }

    @Test
    void waitsWhileASlotHoldsBackTooMuchWal() throws SQLException {
        var watch = watch(new SlotRetentionThrottle(2 * MEGABYTE));
        assertThat(look(watch)).isEmpty();

        writeWal(3 * MEGABYTE);
        assertThat(look(watch))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .matches("replication slot " + slot
                                + " \\(physical, not in use\\) holds back 3(\\.\\d)? MB of WAL"
                                + " \\(limit 2 MB\\); start its consumer, or drop the slot if nobody needs it"));

        dropSlot();
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void canBeReadByEverybody() throws SQLException {
        var throttle = new SlotRetentionThrottle(MEGABYTE);
        var watch = watch(throttle);
        try (Connection connection = database.connectAs(database.createRole("clerk"))) {
            assertThat(hindrance(throttle, connection)).isEmpty();
            assertThat(look(watch, connection)).isEmpty();
            writeWal(3 * MEGABYTE);
            assertThat(look(watch, connection)).isPresent();
        }
    }

    /** Else it would hold every run for ever. */
    @Test
    void letsASlotThatWasForgottenBeforeGrowByTheLimitOnceMore() throws SQLException {
        writeWal(3 * MEGABYTE);
        var throttle = new SlotRetentionThrottle(2 * MEGABYTE);
        var watch = watch(throttle);
        assertThat(look(watch)).isEmpty();

        writeWal(MEGABYTE);
        assertThat(look(watch)).isEmpty();

        writeWal(2 * MEGABYTE);
        assertThat(look(watch))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains(slot + " (physical, not in use)")
                        .contains(", 2 MB more than when this run began); start its consumer, or drop the slot"));
    }

    @Test
    void warnsOfASlotThatWasForgotten() throws SQLException {
        var throttle = new SlotRetentionThrottle(2 * MEGABYTE);
        assertThat(cautions(throttle)).isEmpty();

        writeWal(3 * MEGABYTE);
        assertThat(cautions(throttle))
                .singleElement()
                .asString()
                .matches("throttle slotRetention=2MB: replication slot " + slot
                        + " \\(physical, not in use\\) holds back 3(\\.\\d)? MB of WAL already\\. This run goes on until it is"
                        + " 2 MB more; the disk fills without it, too; start its consumer, or drop the slot if nobody"
                        + " needs it");

        dropSlot();
        assertThat(cautions(throttle)).isEmpty();
    }

    private List<String> cautions(Throttle throttle) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            return Throttles.cautions(connection, List.of(throttle), TARGET);
        }
    }

    @Test
    void waitsBeforeTheServerCutsTheSlotOffAndForGoodWhenItDid() throws SQLException {
        var throttle = new SlotRetentionThrottle(1L << 40);
        var watch = watch(throttle);
        assertThat(look(watch)).isEmpty();
        try {
            keepAtMost("32MB");
            writeWal(20 * MEGABYTE);
            assertThat(look(watch))
                    .hasValueSatisfying(
                            reason -> assertThat(reason).contains("(limit 16 MB, half of max_slot_wal_keep_size)"));

            writeWal(60 * MEGABYTE);
            assertThat(look(watch))
                    .hasValueSatisfying(reason -> assertThat(reason).contains("loses it at the next checkpoint"));

            database.execute("CHECKPOINT");
            assertThat(look(watch))
                    .hasValueSatisfying(
                            reason -> assertThat(reason).contains("has lost WAL that its consumer still needed"));
            assertThat(look(watch(throttle))).as("lost before the run").isEmpty();
        } finally {
            keepAtMost("-1");
        }
    }

    private void keepAtMost(String size) throws SQLException {
        database.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '" + size + "'", "SELECT pg_reload_conf()");
        await(
                "the setting is " + size,
                () -> database.<String>value("SHOW max_slot_wal_keep_size").equals(size));
    }
}
