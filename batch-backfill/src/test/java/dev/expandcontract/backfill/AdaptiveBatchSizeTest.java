package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdaptiveBatchSizeTest {
    private final BackfillOptions options =
            BackfillOptions.defaults().withTargetTime(Duration.ofMillis(100)).withBatchSizes(1000, 10, 50_000);
    private final AdaptiveBatchSize size = new AdaptiveBatchSize(options, 1000);

    @Test
    void growsByHalfAtMostHoweverFastTheBatchWas() {
        size.took(1000, Duration.ofNanos(1));

        assertThat(size.rows()).isEqualTo(1500);
    }

    @Test
    void settlesWhereABatchTakesTheTargetTime() {
        for (int i = 0; i < 30; i++) {
            size.took(size.rows(), Duration.ofNanos(size.rows() * 20_000L));
        }

        assertThat(size.rows()).isBetween(4999, 5000);
    }

    @Test
    void isNotMisledByOneSlowBatchInTen() {
        for (int i = 0; i < 20; i++) {
            size.took(size.rows(), Duration.ofNanos(size.rows() * 20_000L));
        }
        size.took(size.rows(), Duration.ofMillis(300));

        assertThat(size.rows()).isBetween(4999, 5000);
    }

    @Test
    void followsTwoSlowBatchesInTen() {
        for (int i = 0; i < 20; i++) {
            size.took(size.rows(), Duration.ofNanos(size.rows() * 20_000L));
        }
        size.took(5000, Duration.ofMillis(200));
        size.took(5000, Duration.ofMillis(200));

        assertThat(size.rows()).isEqualTo(2500);
    }

    @Test
    void isCutAtOnceByABatchThatTookFiveTimesTooLong() {
        for (int i = 0; i < 20; i++) {
            size.took(size.rows(), Duration.ofNanos(size.rows() * 20_000L));
        }
        size.took(5000, Duration.ofSeconds(1));

        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void forgetsWhatItKnewWhenItIsCut() {
        for (int i = 0; i < 20; i++) {
            size.took(size.rows(), Duration.ofNanos(size.rows() * 20_000L));
        }
        size.took(5000, Duration.ofSeconds(1));
        size.took(500, Duration.ofMillis(100));

        assertThat(size.rows()).isEqualTo(500);
    }

    @Test
    void staysBetweenFloorAndCeiling() {
        for (int i = 0; i < 30; i++) {
            size.took(size.rows(), Duration.ofNanos(1));
        }
        assertThat(size.rows()).isEqualTo(50_000);

        size.took(50_000, Duration.ofHours(1));
        assertThat(size.rows()).isEqualTo(10);
        assertThat(size.isSmallest()).isTrue();
    }

    @Test
    void growsAgainFromTheFloorThoughHalfOfItIsLessThanARow() {
        AdaptiveBatchSize tiny = new AdaptiveBatchSize(options.withBatchSizes(1, 1, 100), 1);

        tiny.took(1, Duration.ofMillis(1));

        assertThat(tiny.rows()).isEqualTo(2);
    }

    @Test
    void isHalvedByALockAndCutToATenthByATimeout() {
        size.metLock();
        assertThat(size.rows()).isEqualTo(500);

        size.timedOut();
        assertThat(size.rows()).isEqualTo(50);
    }

    @Test
    void beginsInsideItsBoundsWhateverALaterRunFinds() {
        assertThat(new AdaptiveBatchSize(options, 1_000_000).rows()).isEqualTo(50_000);
        assertThat(new AdaptiveBatchSize(options, 1).rows()).isEqualTo(10);
    }
}
