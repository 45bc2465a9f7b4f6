package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WalHistoryTest {
    private final WalHistory history = new WalHistory();

    @Test
    void tellsHowOldTheFirstPositionAfterAnotherIs() {
        add(100, 1);
        add(100, 2);
        add(300, 5);

        assertThat(age(99, 11)).isEqualTo(10);
        assertThat(age(100, 11)).isEqualTo(6);
        assertThat(age(300, 11)).isZero();
        assertThat(history.size()).as("an idle server adds nothing").isEqualTo(2);
    }

    @Test
    void forgetsWhatNobodyWillAskFor() {
        add(100, 1);
        add(300, 5);
        history.forgetUpTo(100);

        assertThat(history.size()).isEqualTo(1);
        assertThat(age(100, 11)).isEqualTo(6);
    }

    @Test
    void staysSmallAndExactHoweverLongAReplicaStandsStill() {
        for (int second = 1; second <= 100_000; second++) {
            add(second, second);
        }

        assertThat(history.size()).isLessThan(6_000);
        assertThat(age(0, 100_001)).isEqualTo(100_000);
        assertThat(age(50_000, 100_001)).isBetween(49_900L, 50_000L);
    }

    private void add(long position, long second) {
        history.add(position, Duration.ofSeconds(second).toNanos());
    }

    private long age(long position, long second) {
        return history.ageOfFirstAfter(position, Duration.ofSeconds(second).toNanos())
                .toSeconds();
    }
}
