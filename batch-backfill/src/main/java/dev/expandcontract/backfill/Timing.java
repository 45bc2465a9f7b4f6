package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The engine's clock, sleep and dice, so that tests need not wait. */
interface Timing {
    Timing SYSTEM = new Timing() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time.toMillis());
        }

        @Override
        public double random() {
            return ThreadLocalRandom.current().nextDouble();
        }
    };

    /** A time that only grows, as {@link System#nanoTime()}. */
    long nanos();

    void sleep(Duration time) throws InterruptedException;

    /** From 0 to below 1. */
    double random();

    default Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }
}
