package dev.expandcontract.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
    private final AtomicLong now = new AtomicLong();
    private final Measurements measurements = new Measurements(now::get);

    @Test
    void statementThatStillWaitsCounts() {
        measurements.began("payment");
        pass(700);

        assertThat(measurements.mark("index").slowest()).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void eachOperationAnswersForItsOwnPartOfAWait() {
        measurements.began("payment");
        pass(700);
        measurements.mark("index");
        pass(200);
        measurements.ended("payment");
        pass(50);

        assertThat(measurements.mark("check"))
                .isEqualTo(new Row("check", Duration.ofMillis(250), Duration.ofMillis(200), 0, ""));
    }

    @Test
    void errorsAreCountedAndTheFirstIsKept() {
        measurements.failed("payment", new SQLException("canceled"));
        measurements.failed("checkout", new SQLException("also canceled"));

        assertThat(measurements.mark("index"))
                .isEqualTo(new Row("index", Duration.ZERO, Duration.ZERO, 2, "payment: canceled"));
        assertThat(measurements.mark("check").errors()).isZero();
        assertThat(measurements.allErrors()).isEqualTo(2);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
