package dev.expandcontract.run;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The passing of time, so that tests need not wait for it. */
interface Ticker {
    /** Nanoseconds since some moment. */
    long nanoTime();

    void sleep(Duration duration) throws InterruptedException;

    static Ticker system() {
        return new Ticker() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            }
        };
    }

    default Duration since(long start) {
        return Duration.ofNanos(nanoTime() - start);
    }
}
