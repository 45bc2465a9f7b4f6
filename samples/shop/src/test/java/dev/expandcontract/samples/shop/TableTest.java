package dev.expandcontract.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Row INDEX = row("index customer", 1_234, 56, 0, "");

    @Test
    void oneRowForEachOperation() {
        assertThat(Table.of(List.of(INDEX))).contains("index customer                  1.23 s    0.06 s        0\n");
    }

    @Test
    void twoTablesFitOneScreen() {
        Row failing = row("index customer", 12_345_678, 5_001, 1_234, "payment: ERROR: canceling\nWhere: there");

        String table = Table.of(List.of(INDEX), List.of(failing));

        assertThat(table.lines().filter(line -> !line.startsWith("without: "))).allMatch(line -> line.length() <= 100);
        assertThat(table)
                .contains("1.23 s    0.06 s        0   | 12345.68 s    5.00 s    1,234\n")
                .contains("without: first error during \"index customer\": payment: ERROR: canceling\n")
                .doesNotContain("Where");
    }

    @Test
    void operationThatWasNotDoneIsShownAsFailed() {
        assertThat(Table.of(List.of(INDEX), List.of())).contains("0   |     failed\n");
    }

    private static Row row(String operation, long millis, long slowest, long errors, String firstError) {
        return new Row(operation, Duration.ofMillis(millis), Duration.ofMillis(slowest), errors, firstError);
    }
}
