package dev.expandcontract.backfill.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a counter grew in the last ten seconds, or, if it was looked at less often, since the last look but one. */
final class SlidingMean {
    static final Duration WINDOW = Duration.ofSeconds(10);

    private record Sample(long count, long nanos) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Adds a look at the counter. Per second; 0 at the first look, which says nothing yet. */
    double with(long count, long nanos) {
        samples.addLast(new Sample(count, nanos));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW.toNanos()) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long elapsed = nanos - first.nanos();
        return elapsed <= 0 ? 0 : (count - first.count()) * 1e9 / elapsed;
    }
}
