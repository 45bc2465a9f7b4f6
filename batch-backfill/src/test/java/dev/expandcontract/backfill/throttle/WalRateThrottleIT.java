package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class WalRateThrottleIT extends ThrottleFixture {
    private final WalRateThrottle throttle = new WalRateThrottle(1 << 20);

    WalRateThrottleIT(TestDatabase database) {
        super(database);
    }

    @Test
    void waitsUntilTheMeanIsBelowTheLimit() throws SQLException {
        var watch = watch(throttle);
        assertThat(look(watch)).isEmpty();

        clock.passSeconds(1);
        writeWal(6 << 20);
        assertThat(look(watch))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .matches("the server writes 6(\\.\\d)? MB of WAL in a second, in the mean of the last 10 s"
                                + " \\(limit 1 MB\\)"));

        clock.passSeconds(2);
        assertThat(look(watch)).as("6 MB in 3 s").isPresent();
        clock.passSeconds(4);
        assertThat(look(watch)).as("6 MB in 7 s").isEmpty();
    }

    @Test
    void canBeReadByEverybody() throws SQLException {
        try (Connection connection = database.connectAs(database.createRole("clerk"))) {
            assertThat(hindrance(throttle, connection)).isEmpty();
            assertThat(look(watch(throttle), connection)).isEmpty();
        }
    }
}
