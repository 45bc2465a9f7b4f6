package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesFromAHundredMillisecondsToThirtySecondsLessARandomHalf() {
        Backoff backoff = new Backoff(new Random(1));

        long full = 100;
        for (int i = 0; i < 20; i++) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(full / 2), Duration.ofMillis(full));
            full = Math.min(30_000, full * 2);
        }
    }
}
