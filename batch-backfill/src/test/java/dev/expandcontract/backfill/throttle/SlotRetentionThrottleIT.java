package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
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
        writeWal(3 * MEGABYTE);
        var throttle = new SlotRetentionThrottle(MEGABYTE);
        try (Connection connection = database.connectAs(database.createRole("clerk"))) {
            assertThat(hindrance(throttle, connection)).isEmpty();
            assertThat(look(watch(throttle), connection)).isPresent();
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
