package dev.expandcontract.backfill;

import java.time.Duration;

/** How long one range is tried again while others hold its rows: pauses that double, with jitter, inside a budget. */
final class Patience {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Duration budget;
    private final Timing timing;
    private final long began;
    private Duration pause = FIRST_PAUSE;

    Patience(Duration budget, Timing timing) {
        this.budget = budget;
        this.timing = timing;
        this.began = timing.nanos();
    }

    Duration left() {
        Duration left = budget.minus(timing.since(began));
        return left.isNegative() ? Duration.ZERO : left;
    }

    boolean isSpent() {
        return left().isZero();
    }

    /** From half of what is due to the whole, so that two runners do not meet again; never beyond the budget. */
    Duration nextPause() {
        Duration due = pause;
        pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        return shorter(Duration.ofNanos((long) (due.toNanos() * (0.5 + timing.random() / 2))), left());
    }

    /** Before a try, of which there were some: 100 ms that double to 5 s, from half of it to the whole. */
    static Duration pause(int triesBefore, Timing timing) {
        Duration due = shorter(FIRST_PAUSE.multipliedBy(1L << Math.min(10, triesBefore)), LONGEST_PAUSE);
        return Duration.ofNanos((long) (due.toNanos() * (0.5 + timing.random() / 2)));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
