package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlidingMeanTest {
    private final SlidingMean mean = new SlidingMean();

    @Test
    void saysNothingAfterOneLook() {
        assertThat(at(0, 1_000)).isZero();
        assertThat(at(0, 2_000)).isZero();
    }

    @Test
    void isThatOfTheLastTenSeconds() {
        at(0, 0);
        assertThat(at(5, 500)).isEqualTo(100);
        assertThat(at(10, 500)).isEqualTo(50);
        assertThat(at(14, 500)).as("since second 5").isZero();
        assertThat(at(16, 1_600)).as("since second 10").isEqualTo(1_100 / 6.0);
    }

    @Test
    void isThatSinceTheLastLookWhereLooksAreRare() {
        at(0, 0);
        at(60, 600);
        assertThat(at(120, 6_600)).isEqualTo(100);
    }

    private double at(long second, long count) {
        return mean.with(count, Duration.ofSeconds(second).toNanos());
    }
}
