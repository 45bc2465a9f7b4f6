package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many rows pass in a second: a mean of half a minute or so, in which waiting counts, and pauses don't. */
class RateIT extends RegisteredFixture {
    RateIT(TestDatabase database) throws SQLException {
        super(database);
    }

    @BeforeEach
    void haveItRun() {
        database.execute("UPDATE " + STATE + " SET state = 'running', batches = 9, rows_per_second = 1000");
    }

    @Test
    void isTheMeanOfHalfAMinuteOrSo() throws SQLException {
        measuredBefore(30);
        assertThat(advancedBy(60_000)).isBetween(1_400.0, 1_660.0);

        measuredBefore(600);
        assertThat(advancedBy(60_000)).isBetween(80.0, 105.0);
    }

    @Test
    void fallsWhileThrottlesHold() throws SQLException {
        measuredBefore(30);
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        assertThat(status().rowsPerSecond()).isBetween(200.0, 370.0);

        measuredBefore(300);
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        assertThat(advancedBy(0)).isLessThan(1);
    }

    @Test
    void isThatOfAllRowsThoughAnotherWorkerWaits() throws SQLException {
        for (int second = 0; second < 300; second++) {
            measuredBefore(0.9);
            jobs.isOpenThoughThrottled(connection, "job", "lunch");
            measuredBefore(0.1);
            advancedBy(2_000);
        }

        assertThat(status().rowsPerSecond()).isBetween(1_200.0, 2_200.0);
    }

    @Test
    void beginsWithTheFirstBatchesWhateverOthersDoMeanwhile() throws SQLException {
        database.execute("UPDATE " + STATE + " SET batches = 0, rows_per_second = 0");
        measuredBefore(1);
        advancedBy(0);
        jobs.isOpenThoughThrottled(connection, "job", "lunch");

        assertThat(advancedBy(500)).isBetween(50.0, 500.0);
    }

    @ParameterizedTest
    @EnumSource
    void isTheSameAfterAPause(ControlIT.Way way) throws SQLException {
        way.pause(connection);
        measuredBefore(3_600);
        way.resume(connection);

        assertThat(advancedBy(100)).isBetween(500.0, 1_100.0);
    }

    @Test
    void isNoneAfterADayOfWaiting() throws SQLException {
        measuredBefore(86_400);
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        measuredBefore(86_400);
        assertThat(advancedBy(0)).isLessThan(0.001);

        database.execute("UPDATE " + STATE + " SET rows_per_second = '5e-324'");
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        assertThat(advancedBy(0)).isZero();
    }

    @Test
    void isTheSameWhenTheJobGoesOnLater() throws SQLException {
        measuredBefore(3_600);

        var state = new StateTable(STATE_SCHEMA);
        new Resumption(addOne(), state, jobs, new Continuity(addOne(), state.name()))
                .resume(connection, jobs.read(connection, "job").orElseThrow().position(), 10);

        assertThat(advancedBy(100)).isBetween(500.0, 1_100.0);
    }

    private void measuredBefore(double seconds) {
        database.execute(
                "UPDATE %s SET rate_since = clock_timestamp() - %s * interval '1 s'".formatted(STATE, seconds));
    }

    private double advancedBy(int rows) throws SQLException {
        JobRow row = jobs.lock(connection, "job").orElseThrow();
        var done = new Progress.Done(rows == 0 ? 0 : 1, rows, rows, 0);
        return jobs.advance(connection, row, Progress.of(row, done, 0)).status().rowsPerSecond();
    }
}
