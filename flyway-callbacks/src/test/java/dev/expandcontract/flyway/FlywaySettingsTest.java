package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.throttle.ReplicaLagThrottle;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.settings.SettingsReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.license.VersionPrinter;
import org.junit.jupiter.api.Test;

class FlywaySettingsTest {
    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("enabled", "false"),
            Map.entry("schema", "ops"),
            Map.entry("lockTimeout", "2s"),
            Map.entry("lockBudget", "3min"),
            Map.entry("backfill.targetTime", "400ms"),
            Map.entry("backfill.workers", "3"),
            Map.entry("backfill.speed", "40"),
            Map.entry("backfill.maxConcurrentBatches", "5"),
            Map.entry("backfill.throttles", "replicaLag=5s,64MB"),
            Map.entry("backfill.firstBatchSize", "50"),
            Map.entry("backfill.minBatchSize", "20"),
            Map.entry("backfill.maxBatchSize", "500"),
            Map.entry("backfill.lockTimeout", "80ms"),
            Map.entry("backfill.lockBudget", "1h"),
            Map.entry("backfill.batchTimeout", "20s"),
            Map.entry("backfill.lease", "25s"),
            Map.entry("backfill.reconnectBudget", "30min"),
            Map.entry("backfill.maxFailures", "100000"),
            Map.entry("backfill.mode", "background"),
            Map.entry("backfill.worker", "true"));
    private static final Settings EXPECTED = new Settings(
            false,
            "ops",
            Duration.ofSeconds(2),
            Duration.ofMinutes(3),
            BackfillOptions.defaults()
                    .with(options -> options.targetTime(Duration.ofMillis(400))
                            .workers(3)
                            .speed(40)
                            .maxConcurrentBatches(5)
                            .batchSizes(50, 20, 500)
                            .lockTimeout(Duration.ofMillis(80))
                            .lockBudget(Duration.ofHours(1))
                            .batchTimeout(Duration.ofSeconds(20))
                            .lease(Duration.ofSeconds(25))
                            .reconnectBudget(Duration.ofMinutes(30))
                            .maxFailures(100_000)
                            .throttles(List.of(new ReplicaLagThrottle(Duration.ofSeconds(5), 64L << 20)))),
            BackfillMode.BACKGROUND,
            true);

    private static Configuration configured(String prefix) {
        Map<String, String> properties = new HashMap<>();
        VALUES.forEach((key, value) -> properties.put(prefix + key, value));
        return Flyway.configure().configuration(properties).load().getConfiguration();
    }

    @Test
    void areAllReadFromPlaceholders() {
        assertThat(VALUES).containsOnlyKeys(SettingsReader.keys());
        assertThat(FlywaySettings.read(configured("flyway.placeholders.expandcontract.")))
                .isEqualTo(EXPECTED);
    }

    @Test
    void areAllReadFromFlywaysOwnPropertiesWhereItHasJackson() {
        if (VersionPrinter.getVersion().startsWith("13.")) {
            assertThat(catchThrowable(() -> configured("flyway.expandcontract.")))
                    .hasMessageContaining("jackson-databind");
        } else {
            assertThat(FlywaySettings.read(configured("flyway.expandcontract.")))
                    .isEqualTo(EXPECTED);
        }
    }

    @Test
    void haveDefaults() {
        assertThat(FlywaySettings.read(Flyway.configure().load().getConfiguration()))
                .isEqualTo(Settings.defaults());
    }
}
