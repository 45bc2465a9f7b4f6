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
 * <p>A slot that nobody uses, and that was over the limit when the run began, may have been forgotten long ago, and would
 * hold every run for ever. So a warning names it, and it may come to hold back the limit once more: the disk is at risk by
 * what this run adds, not by what was there.
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
    public Optional<String> caution(Connection connection, Target target) throws SQLException {
        return SlotRetentionWatch.caution(ReplicationSlot.all(connection), bytes);
    }

    @Override
    public String toString() {
        return NAME + "=" + Bytes.exact(bytes);
    }
}
