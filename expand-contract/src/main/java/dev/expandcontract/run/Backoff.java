package dev.expandcontract.run;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait between tries: 100 ms doubling to 30 s, of which a random half is left off, so that several waiters
 * do not come back together.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private Duration next = FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        Duration full = next;
        Duration doubled = full.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return Duration.ofMillis(full.toMillis() / 2 + random.nextLong(full.toMillis() / 2 + 1));
    }
}
