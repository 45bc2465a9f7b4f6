package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final ManualTiming timing = new ManualTiming();

    @Test
    void doublesItsPausesUpToFiveSecondsAndNeverOverdrawsItsBudget() {
        var patience = new Patience(Duration.ofSeconds(10), timing);
        List<Duration> pauses = new ArrayList<>();
        while (!patience.isSpent()) {
            Duration pause = patience.nextPause();
            pauses.add(pause);
            timing.sleep(pause);
        }

        assertThat(pauses)
                .extracting(Duration::toMillis)
                .containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, 2500L, 2500L, 1850L);
        assertThat(patience.left()).isZero();
    }

    @Test
    void isSpentAtOnceWithoutABudget() {
        assertThat(new Patience(Duration.ZERO, timing).isSpent()).isTrue();
    }
}
