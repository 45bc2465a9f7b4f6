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
                .hasMessage("backfill option maxBatchSize must be at least minBatchSize (10): 9;"
                        + " firstBatchSize must be from minBatchSize (10) to maxBatchSize (9): 10");
    }

    @Test
    void tellAllThatIsWrongWithThemAtOnce() {
        assertThatThrownBy(() -> defaults.with(o -> o.targetTime(Duration.ofHours(25))
                        .batchSizes(0, 0, -1)
                        .lockTimeout(Duration.ZERO)
                        .lockBudget(Duration.ofMillis(-1))
                        .batchTimeout(Duration.ZERO)
                        .workers(65)
                        .speed(0)
                        .lease(Duration.ofNanos(1))
                        .reconnectBudget(Duration.ofMillis(-1))
                        .maxFailures(-1)))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessage(
                        "backfill option targetTime must be from 1 ms to 1 day: PT25H; lockTimeout must be from 1 ms to"
                                + " 1 day: PT0S; batchTimeout must be from 1 ms to 1 day: PT0S; lease must be from 1 ms to 1 day:"
                                + " PT0.000000001S; lockBudget must not be negative: PT-0.001S; reconnectBudget must not be"
                                + " negative: PT-0.001S; minBatchSize must be at least 1: 0; maxBatchSize must be at least"
                                + " minBatchSize (0): -1; firstBatchSize must be from minBatchSize (0) to maxBatchSize (-1): 0;"
                                + " batchTimeout must be longer than targetTime (PT25H): PT0S; workers must be from 1 to 64: 65;"
                                + " speed must be from 1 to 100 percent: 0; maxFailures must not be negative: -1");
    }

    @Test
    void takeWhatIsJustAllowed() {
        BackfillOptions least = defaults.with(o -> o.targetTime(Duration.ofMillis(1))
                .batchTimeout(Duration.ofMillis(2))
                .batchSizes(1, 1, 1)
                .lockTimeout(Duration.ofMillis(1))
                .lockBudget(Duration.ZERO)
                .workers(1)
                .speed(1)
                .lease(Duration.ofMillis(1))
                .reconnectBudget(Duration.ZERO)
                .maxFailures(0)
                .axis(AxisKind.BLOCK));

        assertThat(least.axis()).isEqualTo(AxisKind.BLOCK);
        assertThat(defaults.with(o -> o.workers(64).speed(100)).workers()).isEqualTo(64);
    }

    @Test
    void changeOnlyWhatIsNamed() {
        BackfillOptions changed = defaults.with(o -> o.workers(3)).with(o -> o.speed(20));

        assertThat(changed)
                .isEqualTo(new BackfillOptions(
                        defaults.targetTime(),
                        defaults.firstBatchSize(),
                        defaults.minBatchSize(),
                        defaults.maxBatchSize(),
                        defaults.lockTimeout(),
                        defaults.lockBudget(),
                        defaults.batchTimeout(),
                        null,
                        3,
                        20,
                        null,
                        defaults.lease(),
                        defaults.reconnectBudget(),
                        defaults.maxFailures(),
                        defaults.throttles(),
                        true));
        assertThat(defaults.workers()).isEqualTo(1);
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
        assertThatThrownBy(() -> defaults.withBatchTimeout(Duration.ofMillis(50)))
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
