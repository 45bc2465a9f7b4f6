package dev.expandcontract.backfill.throttle;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Time that passes when a test says so. */
final class ManualClock implements LongSupplier {
    private long now = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

    @Override
    public long getAsLong() {
        return now;
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    void passSeconds(long seconds) {
        pass(Duration.ofSeconds(seconds));
    }
}
