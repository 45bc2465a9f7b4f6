package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTextTest {
    @Test
    void knowsEveryOption() {
        assertThat(OptionsText.keys())
                .containsExactlyElementsOf(Arrays.stream(BackfillOptions.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .filter(name -> !name.equals("isWithDefaultThrottles"))
                        .toList());
    }

    @Test
    void writesOnlyWhatDiffersFromTheDefaults() {
        assertThat(OptionsText.of(BackfillOptions.defaults())).isEmpty();
        assertThat(OptionsText.of(BackfillOptions.defaults()
                        .with(o ->
                                o.targetTime(Duration.ofMillis(100)).workers(2).axis(AxisKind.BLOCK))))
                .isEqualTo("targetTime=100ms, axis=block, workers=2");
    }

    @Test
    void readsWhatItWrites() {
        BackfillOptions unlike = BackfillOptions.defaults()
                .with(o -> o.targetTime(Duration.ofSeconds(1))
                        .batchSizes(7, 5, 9)
                        .lockTimeout(Duration.ofMillis(50))
                        .lockBudget(Duration.ZERO)
                        .batchTimeout(Duration.ofMinutes(1))
                        .axis(AxisKind.KEY)
                        .workers(3)
                        .speed(20)
                        .lease(Duration.ofSeconds(2))
                        .reconnectBudget(Duration.ofHours(1))
                        .maxFailures(0)
                        .onlyThrottles(Throttles.parse("replicaLag=5s,64MB; sql=SELECT 'it''s', 1")));

        assertThat(OptionsText.parse(OptionsText.of(unlike))).isEqualTo(unlike);
        assertThat(OptionsText.parse("")).isEqualTo(BackfillOptions.defaults());
        assertThat(OptionsText.parse("throttles=none"))
                .isEqualTo(BackfillOptions.defaults().with(o -> o.onlyThrottles(List.of())));
        assertThat(OptionsText.parse("throttles=activeSessions=40").isWithDefaultThrottles())
                .isTrue();
        assertThat(OptionsText.parse(" workers = '4' ,speed=10 ", unlike))
                .isEqualTo(unlike.with(o -> o.workers(4).speed(10)));
    }

    @Test
    void tellsOfAllThatIsWrongAndSuggestsTheNearest() {
        assertThatThrownBy(() -> OptionsText.parse("worker=2, speed=fast, lease=5, axis=disk, speed=7"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("unknown option worker, did you mean workers?")
                .hasMessageContaining("speed: expected a whole number but found \"fast\"")
                .hasMessageContaining("lease: expected a duration such as 500ms")
                .hasMessageContaining("axis: expected auto, key or block but found \"disk\"")
                .hasMessageContaining("speed is given twice");
        assertThatThrownBy(() -> OptionsText.parse("workers=2 x"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("workers");
        assertThatThrownBy(() -> OptionsText.parse("workers"))
                .hasMessageContaining("expected key=value, separated by commas, but found \"workers\"");
        assertThatThrownBy(() -> OptionsText.parse("workers=65"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("workers must be from 1 to 64");
    }
}
