package dev.expandcontract.backfill.throttle;

import dev.expandcontract.backfill.throttle.ReplicationStatus.Replica;
import dev.expandcontract.sql.DurationText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Keeps every replica that it has seen in mind, so that one which breaks off is not taken for one that keeps up. */
final class ReplicaLagWatch implements Throttle.Watch {
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration RETIRED = Duration.ofMinutes(10);

    private final ReplicaLagThrottle limits;
    private final LongSupplier nanos;
    private final WalHistory history = new WalHistory();
    private final Map<String, Sighting> sightings = new LinkedHashMap<>();

    /** @param replied when its last report came, by our clock */
    private record Sighting(Replica replica, long seen, long replied) {}

    ReplicaLagWatch(ReplicaLagThrottle limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
    }

    @Override
    public Optional<String> reasonToWait(Connection connection) throws SQLException {
        ReplicationStatus status = ReplicationStatus.read(connection);
        if (status.unreadable() > 0) {
            String why = StatisticsRight.missing(connection, "pg_stat_replication")
                    .orElse("pg_stat_replication shows no details");
            return Optional.of(
                    "the lag of the connected replicas (%d) can't be read: %s".formatted(status.unreadable(), why));
        }
        return judge(status, nanos.getAsLong());
    }

    Optional<String> judge(ReplicationStatus status, long now) {
        history.add(status.written(), now);
        status.replicas()
                .forEach(replica -> sightings.merge(
                        replica.identity(), first(replica, now), (before, first) -> again(before, replica, now)));
        sightings.values().removeIf(sighting -> since(sighting.seen(), now).compareTo(RETIRED) > 0);
        sightings.values().stream()
                .mapToLong(sighting -> sighting.replica().replayed())
                .min()
                .ifPresentOrElse(history::forgetUpTo, () -> history.forgetUpTo(status.written()));
        List<String> reasons = new ArrayList<>();
        sightings
                .values()
                .forEach(sighting -> reason(sighting, status.written(), now).ifPresent(reasons::add));
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    private static Sighting first(Replica replica, long now) {
        return new Sighting(replica, now, now - replica.replyAge().toNanos());
    }

    private static Sighting again(Sighting before, Replica replica, long now) {
        boolean silent = replica.reply() == before.replica().reply();
        return new Sighting(replica, now, silent ? before.replied() : now);
    }

    private Optional<String> reason(Sighting sighting, long written, long now) {
        Replica replica = sighting.replica();
        long bytes = Math.max(0, written - replica.replayed());
        Duration old = history.ageOfFirstAfter(replica.replayed(), now);
        Duration time = bytes == 0 || old.compareTo(replica.lag()) > 0 ? old : replica.lag();
        Duration silence = since(sighting.replied(), now);
        if (bytes > limits.bytes() || time.compareTo(limits.time()) > 0) {
            return Optional.of("%s is %s and %s behind (limits %s, %s)%s"
                    .formatted(
                            replica,
                            DurationText.wholeSeconds(time),
                            Bytes.rounded(bytes),
                            DurationText.wholeSeconds(limits.time()),
                            Bytes.rounded(limits.bytes()),
                            absence(sighting, now)));
        }
        return silence.compareTo(SILENCE) > 0 && sighting.seen() == now
                ? Optional.of("%s has reported nothing for %s (limit %s), so its lag is not known"
                        .formatted(replica, DurationText.wholeSeconds(silence), DurationText.wholeSeconds(SILENCE)))
                : Optional.empty();
    }

    private static String absence(Sighting sighting, long now) {
        return sighting.seen() == now
                ? ""
                : "; it has not been connected for %s, and after %s it is taken for retired"
                        .formatted(
                                DurationText.wholeSeconds(since(sighting.seen(), now)),
                                DurationText.wholeSeconds(RETIRED));
    }

    private static Duration since(long then, long now) {
        return Duration.ofNanos(now - then);
    }
}
