package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackfillOptionsTest {
    private final BackfillOptions defaults = BackfillOptions.defaults();

    @Test
    void waitForRowsForLessThanTheDeadlockDetectorByDefault() {
        assertThat(defaults.lockTimeout()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void refuseSizesThatAreZeroNegativeOrCrossed() {
        assertThatThrownBy(() -> defaults.withBatchSizes(1, 0, 10))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessage("backfill option minBatchSize must be at least 1: 0");
        assertThatThrownBy(() -> defaults.withBatchSizes(-5, 1, 10))
                .hasMessage("backfill option firstBatchSize must be from minBatchSize (1) to maxBatchSize (10): -5");
        assertThatThrownBy(() -> defaults.withBatchSizes(10, 10, 9))
                .hasMessage("backfill option maxBatchSize must be at least minBatchSize (10): 9");
    }

    @Test
    void refuseDurationsThatMeanNothing() {
        assertThatThrownBy(() -> defaults.withTargetTime(Duration.ZERO))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessage("backfill option targetTime must be from 1 ms to 1 day: PT0S");
        assertThatThrownBy(() -> defaults.withLockTimeout(Duration.ofMillis(-1)))
                .hasMessageContaining("lockTimeout");
        assertThatThrownBy(() -> defaults.withLockBudget(Duration.ofMillis(-1)))
                .hasMessageContaining("lockBudget must not be negative");
        assertThatThrownBy(() -> defaults.withBatchTimeout(Duration.ofMillis(100)))
                .hasMessageContaining("batchTimeout must be longer than targetTime");
    }

    @Test
    void belongToAJobWithANameAndASchema() {
        SqlExpression set = new SqlExpression("n = 1");

        assertThatThrownBy(() -> BackfillJob.of("x".repeat(201), QualifiedName.parse("t"), set))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("this has 201")
                .hasMessageContaining("must be given with its schema: t");
        assertThatThrownBy(() -> BackfillJob.of(" ", QualifiedName.parse("s.t"), set))
                .hasMessageContaining("is blank");
    }
}
