package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Waits while a replication slot, in use or not, holds back too much WAL: what a backfill writes on top fills the
 * primary's disk, and a full disk stops the server. Where {@code max_slot_wal_keep_size} is set, half of it is a limit
 * too, since beyond it the slot's consumer is cut off; and a slot that lost its WAL during this run holds the run for good.
 *
 * @param bytes how much WAL a slot may hold back; at least 1 kB
 */
public record SlotRetentionThrottle(long bytes) implements Throttle {
    static final String NAME = "slotRetention";

    public SlotRetentionThrottle {
        Requirements.of(NAME).size("size", bytes).check();
    }

    static SlotRetentionThrottle parse(String value) {
        return new SlotRetentionThrottle(Bytes.parse(value));
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return new SlotRetentionWatch(bytes);
    }

    /** Everybody may read this. */
    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        ReplicationSlot.all(connection);
        return Optional.empty();
    }

    @Override
    public String toString() {
        return NAME + "=" + Bytes.exact(bytes);
    }
}
