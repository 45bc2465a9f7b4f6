package dev.expandcontract.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.OptionsText;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {
    private static final Map<String, String> NOTHING = Map.of();

    @Test
    void defaultsHoldWhereNothingIsSaid() {
        assertThat(SettingsReader.read(NOTHING, NOTHING, NOTHING)).isEqualTo(Settings.defaults());
    }

    @Test
    void aSystemPropertyWinsOverTheEnvironmentAndThatOverTheHost() {
        Map<String, String> host = Map.of("expandcontract.lockTimeout", "3s", "expandcontract.schema", "host");
        Map<String, String> environment = Map.of("EXPANDCONTRACT_LOCK_TIMEOUT", "2s", "EXPANDCONTRACT_SCHEMA", "env");
        Map<String, String> system = Map.of("expandcontract.lock-timeout", "500ms");

        Settings settings = SettingsReader.read(host, environment, system);

        assertThat(settings.lockTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.schema()).isEqualTo("env");
    }

    @Test
    void reportsEveryProblemAtOnceAndSuggestsTheNearestKey() {
        Map<String, String> host = Map.of(
                "expandcontract.lokTimeout", "1s",
                "expandcontract.lockBudget", "soon",
                "expandcontract.enabled", "yes",
                "somebody.else", "x");

        assertThatThrownBy(() -> SettingsReader.read(host, NOTHING, NOTHING))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("unknown setting expandcontract.lokTimeout, did you mean lockTimeout?")
                .hasMessageContaining("lockBudget: expected a duration")
                .hasMessageContaining("enabled: expected true or false but found yes");
    }

    @Test
    void valuesOutOfRangeAreRefusedWithTheRange() {
        assertThatThrownBy(() -> SettingsReader.read(Map.of("expandcontract.lockTimeout", "2h"), NOTHING, NOTHING))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("lockTimeout is 2 h; it must be from 1 ms to 1 min");
    }

    @Test
    void everyOptionOfABackfillCanBeSetButTheAxisWhichIsTheOperations() {
        assertThat(OptionsText.keys())
                .allSatisfy(option -> assertThat(SettingsReader.keys().contains("backfill." + option))
                        .as(option)
                        .isEqualTo(!option.equals("axis")));
        Map<String, String> environment = Map.of(
                "EXPANDCONTRACT_BACKFILL_MAX_FAILURES", "50000",
                "EXPANDCONTRACT_BACKFILL_LOCK_TIMEOUT", "200ms",
                "EXPANDCONTRACT_BACKFILL_TARGET_TIME", "20s");

        Settings settings = SettingsReader.read(NOTHING, environment, NOTHING);

        assertThat(settings.lockTimeout()).isEqualTo(Settings.defaults().lockTimeout());
        assertThat(settings.backfill())
                .isEqualTo(BackfillOptions.defaults()
                        .with(o -> o.maxFailures(50_000)
                                .lockTimeout(Duration.ofMillis(200))
                                .targetTime(Duration.ofSeconds(20))
                                .batchTimeout(Duration.ofSeconds(80))));
    }

    @Test
    void refusesOptionsOfABackfillThatCanNotBeRead() {
        Map<String, String> host = Map.of(
                "expandcontract.backfill.maxFailures", "many",
                "expandcontract.backfill.lease", "soon",
                "expandcontract.backfill.axis", "block",
                "expandcontract.backfill.throttles", "replicaLog=5s");

        assertThatThrownBy(() -> SettingsReader.read(host, NOTHING, NOTHING))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("backfill.maxFailures: expected a whole number but found \"many\"")
                .hasMessageContaining("backfill.lease: expected a duration")
                .hasMessageContaining("unknown setting expandcontract.backfill.axis")
                .hasMessageContaining("replicaLog");
    }

    @Test
    void tellsWhoRunsBackfills() {
        Map<String, String> host =
                Map.of("expandcontract.backfill.mode", "Background", "expandcontract.backfill.worker", "true");

        Settings settings = SettingsReader.read(host, NOTHING, NOTHING);

        assertThat(settings.backfillMode()).isEqualTo(BackfillMode.BACKGROUND);
        assertThat(settings.hasBackfillWorker()).isTrue();
        assertThatThrownBy(() -> SettingsReader.read(Map.of("expandcontract.backfill.mode", "later"), NOTHING, NOTHING))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("backfill.mode: expected inline, background or auto but found later");
    }

    @Test
    void durationsAreReadAsPostgresqlWritesThem() {
        assertThat(DurationText.parse("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(DurationText.parse("10 s")).isEqualTo(Duration.ofSeconds(10));
        assertThat(DurationText.parse("5min")).isEqualTo(Duration.ofMinutes(5));
        assertThat(DurationText.parse("PT1M")).isEqualTo(Duration.ofMinutes(1));
        assertThat(DurationText.parse("1.5 s")).isEqualTo(Duration.ofMillis(1500));
        assertThat(DurationText.rounded(Duration.ofMillis(1500))).isEqualTo("1.5 s");
        assertThat(DurationText.rounded(Duration.ofMillis(47_713))).isEqualTo("47.7 s");
        assertThat(DurationText.rounded(Duration.ofMillis(999))).isEqualTo("999 ms");
        assertThat(DurationText.rounded(Duration.ofMinutes(10))).isEqualTo("10 min");
    }
}
