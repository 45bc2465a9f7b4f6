package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeWindowThrottleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void isOpenFromItsFirstMinuteToItsLast() {
        var window = window("12:00", "14:00");

        assertThat(window.reasonToWaitAt(Instant.parse("2026-11-21T10:59:59.999Z")))
                .hasValue("it is 11:59 in Europe/Berlin, outside of the time window from 12:00 to 14:00,"
                        + " which opens at 12:00, in 0 s");
        assertThat(window.reasonToWaitAt(Instant.parse("2026-11-21T11:00:00Z"))).isEmpty();
        assertThat(window.reasonToWaitAt(Instant.parse("2026-11-21T12:59:59.999Z")))
                .isEmpty();
        assertThat(window.reasonToWaitAt(Instant.parse("2026-11-21T13:00:00Z")))
                .hasValueSatisfying(reason -> assertThat(reason).endsWith("opens at 12:00, in 22 h"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T20:59:59Z, false",
        "2026-11-21T21:00:00Z, true",
        "2026-11-21T23:30:00Z, true",
        "2026-11-22T04:59:59Z, true",
        "2026-11-22T05:00:00Z, false"
    })
    void goesOverMidnight(Instant time, boolean open) {
        assertThat(window("22:00", "06:00").reasonToWaitAt(time).isEmpty()).isEqualTo(open);
    }

    /** On 29 March 2026 Berlin's clocks leap from 2:00 (1:00 UTC) to 3:00. */
    @ParameterizedTest
    @CsvSource({
        "02:15, 02:45, 2026-03-29T00:59:59Z, 'opens at 03:15, in 15 min'",
        "02:15, 02:45, 2026-03-29T01:14:59Z, 'opens at 03:15, in 1 s'",
        "02:15, 02:45, 2026-03-29T01:15:00Z, open",
        "02:15, 02:45, 2026-03-29T01:45:00Z, 'opens at 02:15, in 22 h 30 min'",
        "02:30, 03:10, 2026-03-29T00:30:00Z, 'opens at 02:30, in 24 h'",
        "01:00, 05:00, 2026-03-29T02:59:59Z, open",
        "01:00, 05:00, 2026-03-29T03:00:00Z, 'opens at 01:00, in 20 h'",
    })
    void followsTheClocksInSpring(String from, String to, Instant time, String expected) {
        assertThat(reason(window(from, to).reasonToWaitAt(time))).endsWith(expected);
    }

    /** On 25 October 2026 Berlin's clocks go back from 3:00 (1:00 UTC) to 2:00. */
    @ParameterizedTest
    @CsvSource({
        "02:15, 02:45, 2026-10-25T00:15:00Z, open",
        "02:15, 02:45, 2026-10-25T01:15:00Z, 'opens at 02:15, in 24 h'",
        "22:00, 06:00, 2026-10-25T04:59:59Z, open",
        "22:00, 06:00, 2026-10-25T05:00:00Z, 'opens at 22:00, in 16 h'",
    })
    void followsTheClocksInAutumn(String from, String to, Instant time, String expected) {
        assertThat(reason(window(from, to).reasonToWaitAt(time))).endsWith(expected);
    }

    private static String reason(Optional<String> reason) {
        return reason.orElse("open");
    }

    private static TimeWindowThrottle window(String from, String to) {
        return new TimeWindowThrottle(LocalTime.parse(from), LocalTime.parse(to), BERLIN);
    }
}
