package dev.expandcontract.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells who has held a lock for long. PostgreSQL shows when a transaction of another role began to members of pg_monitor
 * only; for the others we go by our own observation: whoever is there when we first look may be old already, whoever
 * comes later is as old as we have seen it.
 */
final class HolderAges {
    private final Duration longTime;
    private final Ticker ticker;
    private final Map<String, Long> heldSince = new HashMap<>();
    private boolean isFirstLook = true;

    HolderAges(Duration longTime, Ticker ticker) {
        this.longTime = longTime;
        this.ticker = ticker;
    }

    /** Those of the present holders who will not be gone by themselves in a moment. */
    List<Sessions.Holder> old(List<Sessions.Holder> present) {
        long now = ticker.nanoTime();
        Set<String> transactions = new HashSet<>();
        for (Sessions.Holder holder : present) {
            transactions.add(holder.transaction());
            heldSince.putIfAbsent(holder.transaction(), isFirstLook ? now - longTime.toNanos() : now);
        }
        heldSince.keySet().retainAll(transactions);
        isFirstLook = false;
        return present.stream().filter(this::isOld).toList();
    }

    private boolean isOld(Sessions.Holder holder) {
        if (Sessions.isAutovacuum(holder.blocker())) {
            return false;
        }
        Duration age = holder.isAgeKnown()
                ? holder.blocker().age()
                : ticker.since(heldSince.getOrDefault(holder.transaction(), ticker.nanoTime()));
        return age.compareTo(longTime) >= 0;
    }
}
