package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class DurationTextTest {
    @Test
    void readsWhatItWrites() {
        for (String text : List.of("0ms", "1ms", "250ms", "1500ms", "30s", "90s", "10min", "2h", "1d")) {
            assertThat(DurationText.of(DurationText.parse(text))).isEqualTo(text);
        }
    }

    @Test
    void refusesWhatHasNoUnit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse("250"))
                .withMessageContaining("such as 500ms");
    }
}
