package dev.expandcontract.backfill.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells slots that were lost before the run, which it can't harm any more, from those that are lost under it. */
final class SlotRetentionWatch implements Throttle.Watch {
    private final long limit;
    private @Nullable Set<String> lostBefore;

    SlotRetentionWatch(long limit) {
        this.limit = limit;
    }

    @Override
    public Optional<String> reasonToWait(Connection connection) throws SQLException {
        return judge(ReplicationSlot.all(connection));
    }

    Optional<String> judge(List<ReplicationSlot> slots) {
        Set<String> before = lostBefore;
        if (before == null) {
            before = slots.stream()
                    .filter(ReplicationSlot::lost)
                    .map(ReplicationSlot::name)
                    .collect(Collectors.toUnmodifiableSet());
            lostBefore = before;
        }
        Set<String> known = before;
        String reasons = slots.stream()
                .filter(slot -> !known.contains(slot.name()))
                .flatMap(slot -> reason(slot).stream())
                .collect(Collectors.joining("; "));
        return reasons.isEmpty() ? Optional.empty() : Optional.of(reasons);
    }

    private Optional<String> reason(ReplicationSlot slot) {
        if (slot.lost()) {
            return Optional.of(slot + " has lost WAL that its consumer still needed (wal_status lost), during this run;"
                    + " when the consumer is built anew, drop the slot");
        }
        if (slot.unreserved()) {
            return Optional.of(
                    "%s holds back %s of WAL, more than max_slot_wal_keep_size, and loses it at the next checkpoint"
                            .formatted(slot, Bytes.rounded(slot.retained())));
        }
        boolean kept = slot.keepSize() >= 0 && slot.keepSize() / 2 < limit;
        long allowed = kept ? slot.keepSize() / 2 : limit;
        return slot.retained() > allowed
                ? Optional.of("%s holds back %s of WAL (limit %s%s)%s"
                        .formatted(
                                slot,
                                Bytes.rounded(slot.retained()),
                                Bytes.rounded(allowed),
                                kept ? ", half of max_slot_wal_keep_size" : "",
                                slot.active() ? "" : "; start its consumer, or drop the slot if nobody needs it"))
                : Optional.empty();
    }
}
