package dev.expandcontract.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 2.0), Double::doubleValue))
                .hasValue(2);
        assertThat(Statistics.median(List.of(7.0), Double::doubleValue)).hasValue(7);
    }

    @Test
    void theMedianOfTwoIsBetweenThem() {
        assertThat(Statistics.median(List.of(1.0, 100.0, 2.0, 4.0), Double::doubleValue))
                .hasValue(3);
    }

    @Test
    void nothingHasNoMedian() {
        assertThat(Statistics.median(List.<Double>of(), Double::doubleValue)).isEmpty();
    }

    @Test
    void thePercentileIsOneOfTheFigures() {
        long[] figures = LongStream.rangeClosed(1, 1000).map(n -> 1001 - n).toArray();

        assertThat(Statistics.percentile(figures, 0.99)).isEqualTo(990);
        assertThat(Statistics.percentile(figures, 1)).isEqualTo(1000);
        assertThat(Statistics.percentile(new long[] {5}, 0.99)).isEqualTo(5);
        assertThat(figures[0]).as("the figures stay in their order").isEqualTo(1000);
    }

    @Test
    void nothingHasNoPercentile() {
        assertThatThrownBy(() -> Statistics.percentile(new long[0], 0.99)).isInstanceOf(IllegalArgumentException.class);
    }
}
