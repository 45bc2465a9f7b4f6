package dev.expandcontract.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @Test
    void readsWhatItWrites() {
        for (String text : List.of("0ms", "1ms", "250ms", "1500ms", "30s", "90s", "10min", "2h", "1d")) {
            assertThat(DurationText.of(DurationText.parse(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000_001L, 999_999_999_999L, 86_399_999_999_999_999L, 86_400_000_000_000_000L})
    void readsTheLongestThatItWrites(long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(DurationText.parse(DurationText.of(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "10 s,10000", "5min,300000", "5MIN,300000", "PT1M,60000", "1.5 s,1500", "' 1d ',86400000"})
    void readsTheFormsOfPostgresqlAndOfIso(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "250",
                "",
                "-5s",
                "5 minutes",
                "5m",
                "1e3s",
                "PT99999999999999H",
                "1000000001d",
                "99999999999999999d",
                "soon"
            })
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessage(
                        "expected a duration such as 500ms, 10s, 5min, 2h, 1d or PT10S but found \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 s",
        "999,999 ms",
        "1500,1.5 s",
        "2040,2 s",
        "14000,14 s",
        "47713,47.7 s",
        "60000,1 min",
        "61000,61 s",
        "200000,3 min",
        "600000,10 min",
        "7200000,2 h",
        "7500000,2 h 5 min"
    })
    void writesForPeople(long millis, String text) {
        assertThat(DurationText.rounded(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
