package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TemplateIT {
    private static final AtomicInteger FILLED = new AtomicInteger();
    private static final Template SHOP = Template.of("shop", database -> {
        FILLED.incrementAndGet();
        database.execute("CREATE TABLE orders AS SELECT generate_series(1, 10) id");
    });

    @Test
    void isFilledOnceForAllItsCopies() {
        try (var first = TestDatabase.fresh(SHOP);
                var second = TestDatabase.fresh(SHOP)) {
            first.execute("DELETE FROM orders");

            assertThat(second.<Long>value("SELECT count(*) FROM orders")).isEqualTo(10);
            assertThat(FILLED).hasValue(1);
        }
    }

    @Test
    void isWhatResetGoesBackTo() {
        try (var database = TestDatabase.fresh(SHOP)) {
            database.execute("DROP TABLE orders");
            database.reset();

            assertThat(database.<Long>value("SELECT count(*) FROM orders")).isEqualTo(10);
        }
    }

    @Test
    void isCopiedInMilliseconds() {
        TestDatabase.fresh(SHOP).close();
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            TestDatabase.fresh(SHOP).close();
        }
        Duration each = Duration.ofNanos((System.nanoTime() - start) / 10);

        System.out.printf("A database was created and dropped in %d ms.%n", each.toMillis());
        assertThat(each).isLessThan(Duration.ofMillis(1_500));
    }

    @Test
    void reportsWhatCannotBeFilledAndLeavesNothing() {
        assertThatThrownBy(() -> TestDatabase.fresh(Template.of("broken", database -> database.execute("nonsense"))))
                .hasMessageContaining("\"broken\"")
                .hasMessageContaining("Statement: nonsense");
        assertThatThrownBy(() -> TestDatabase.fresh(Template.sql("/missing.sql")))
                .hasMessageContaining("There is no /missing.sql on the class path");
    }

    @Test
    void refusesASecondTemplateOfTheSameName() {
        TestDatabase.fresh(SHOP).close();

        assertThatThrownBy(() -> TestDatabase.fresh(Template.of("shop", database -> database.execute("SELECT 1"))))
                .hasMessageContaining("Two different templates are called \"shop\"");
    }
}
