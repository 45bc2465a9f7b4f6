package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges slots by what they were when the run began: one that was lost before can't be harmed any more; one that nobody uses
 * and that held back too much already may hold back as much again.
 */
final class SlotRetentionWatch implements Throttle.Watch {
    private static final String MENDED = "; start its consumer, or drop the slot if nobody needs it";

    private final long limit;
    private @Nullable Map<String, ReplicationSlot> slotsBefore;

    SlotRetentionWatch(long limit) {
        this.limit = limit;
    }

    @Override
    public Optional<String> reasonToWait(Connection connection) throws SQLException {
        return judge(ReplicationSlot.all(connection));
    }

    Optional<String> judge(List<ReplicationSlot> slots) {
        Map<String, ReplicationSlot> before = slotsBefore;
        if (before == null) {
            before = slots.stream().collect(Collectors.toUnmodifiableMap(ReplicationSlot::name, slot -> slot));
            slotsBefore = before;
        }
        List<String> reasons = new ArrayList<>();
        for (ReplicationSlot slot : slots) {
            reason(slot, before.get(slot.name())).ifPresent(reasons::add);
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    /** @param before null if it was not there yet */
    private Optional<String> reason(ReplicationSlot slot, @Nullable ReplicationSlot before) {
        if (slot.lost()) {
            return before != null && before.lost()
                    ? Optional.empty()
                    : Optional.of(
                            slot + " has lost WAL that its consumer still needed (wal_status lost), during this run;"
                                    + " when the consumer is built anew, drop the slot");
        }
        if (slot.unreserved()) {
            return Optional.of(
                    "%s holds back %s of WAL, more than max_slot_wal_keep_size, and loses it at the next checkpoint"
                            .formatted(slot, Bytes.rounded(slot.retained())));
        }
        long already = before == null || before.active() || slot.active() ? 0 : before.retained();
        boolean forgotten = already > limit;
        long disk = forgotten ? already + limit : limit;
        boolean kept = slot.keepSize() >= 0 && slot.keepSize() / 2 < disk;
        long allowed = kept ? slot.keepSize() / 2 : disk;
        String why = kept
                ? ", half of max_slot_wal_keep_size"
                : forgotten ? ", " + Bytes.rounded(limit) + " more than when this run began" : "";
        return slot.retained() > allowed
                ? Optional.of("%s holds back %s of WAL (limit %s%s)%s"
                        .formatted(
                                slot,
                                Bytes.rounded(slot.retained()),
                                Bytes.rounded(allowed),
                                why,
                                slot.active() ? "" : MENDED))
                : Optional.empty();
    }

    /**
     * Names the slots that nobody uses and that are let hold back more. Where {@code max_slot_wal_keep_size} is set the
     * server gives such a slot up by itself.
     */
    static Optional<String> caution(List<ReplicationSlot> slots, long limit) {
        String forgotten = slots.stream()
                .filter(slot -> !slot.active() && !slot.lost() && slot.keepSize() < 0 && slot.retained() > limit)
                .map(slot -> "%s holds back %s of WAL already".formatted(slot, Bytes.rounded(slot.retained())))
                .collect(Collectors.joining("; "));
        return forgotten.isEmpty()
                ? Optional.empty()
                : Optional.of("%s. This run goes on until it is %s more; the disk fills without it, too%s"
                        .formatted(forgotten, Bytes.rounded(limit), MENDED));
    }
}
