package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TimeWindowThrottleIT extends ThrottleFixture {
    TimeWindowThrottleIT(TestDatabase database) {
        super(database);
    }

    /** Hours away from both ends, so that the test may take its time. */
    @Test
    void asksTheServersClockWhateverTheSessionsTimeZone() throws SQLException {
        LocalTime now =
                LocalTime.parse(database.<String>value("SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'HH24:MI')"));
        ZoneId tokyo = ZoneId.of("Asia/Tokyo");

        assertThat(look(watch(new TimeWindowThrottle(now.minusHours(3), now.plusHours(3), tokyo))))
                .isEmpty();
        assertThat(look(watch(new TimeWindowThrottle(now.plusHours(3), now.minusHours(3), tokyo))))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("in Asia/Tokyo, outside of the time window")
                        .contains("which opens at " + now.plusHours(3)));
    }
}
