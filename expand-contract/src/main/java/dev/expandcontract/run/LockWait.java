package dev.expandcontract.run;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.List;

/**
 * A lock that could not be had at once.
 *
 * @param waited since the first try
 * @param nextTry how long until the next one
 */
public record LockWait(
        String step, List<Lock> locks, List<Blocker> blockers, int attempt, Duration waited, Duration nextTry) {
    @Override
    public String toString() {
        String who = blockers.isEmpty()
                ? "blocker not seen"
                : String.join("; ", blockers.stream().map(Blocker::toString).toList());
        return "%s: waiting for %s, held by %s (attempt %d after %s, next try in %s)"
                .formatted(
                        step,
                        String.join(", ", locks.stream().map(Lock::toString).toList()),
                        who,
                        attempt,
                        DurationText.rounded(waited),
                        DurationText.rounded(nextTry));
    }
}
