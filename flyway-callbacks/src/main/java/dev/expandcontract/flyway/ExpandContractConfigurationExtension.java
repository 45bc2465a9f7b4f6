package dev.expandcontract.flyway;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flywaydb.core.extensibility.ConfigurationExtension;
import org.jspecify.annotations.Nullable;

/**
 * The settings {@code flyway.expandcontract.…}, which Flyway writes into these fields by their names. From 13.5 on it does
 * so only where {@code tools.jackson.core:jackson-databind} is present; placeholders work everywhere.
 */
public final class ExpandContractConfigurationExtension implements ConfigurationExtension {
    @JsonProperty
    private @Nullable String enabled;

    @JsonProperty
    private @Nullable String schema;

    @JsonProperty
    private @Nullable String lockTimeout;

    @JsonProperty
    private @Nullable String lockBudget;

    @JsonProperty
    private @Nullable Backfill backfill;

    /** {@code flyway.expandcontract.backfill.…}. */
    public static final class Backfill {
        @JsonProperty
        private @Nullable String targetTime;

        @JsonProperty
        private @Nullable String workers;

        @JsonProperty
        private @Nullable String speed;

        @JsonProperty
        private @Nullable String maxConcurrentBatches;

        @JsonProperty
        private @Nullable String firstBatchSize;

        @JsonProperty
        private @Nullable String minBatchSize;

        @JsonProperty
        private @Nullable String maxBatchSize;

        @JsonProperty
        private @Nullable String lockTimeout;

        @JsonProperty
        private @Nullable String lockBudget;

        @JsonProperty
        private @Nullable String batchTimeout;

        @JsonProperty
        private @Nullable String lease;

        @JsonProperty
        private @Nullable String reconnectBudget;

        @JsonProperty
        private @Nullable String maxFailures;

        @JsonProperty
        private @Nullable String throttles;

        @JsonProperty
        private @Nullable String mode;

        @JsonProperty
        private @Nullable String worker;
    }

    /** What was set, under the names that placeholders have. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "enabled", enabled);
        put(values, "schema", schema);
        put(values, "lockTimeout", lockTimeout);
        put(values, "lockBudget", lockBudget);
        if (backfill != null) {
            put(values, "backfill.targetTime", backfill.targetTime);
            put(values, "backfill.workers", backfill.workers);
            put(values, "backfill.speed", backfill.speed);
            put(values, "backfill.maxConcurrentBatches", backfill.maxConcurrentBatches);
            put(values, "backfill.firstBatchSize", backfill.firstBatchSize);
            put(values, "backfill.minBatchSize", backfill.minBatchSize);
            put(values, "backfill.maxBatchSize", backfill.maxBatchSize);
            put(values, "backfill.lockTimeout", backfill.lockTimeout);
            put(values, "backfill.lockBudget", backfill.lockBudget);
            put(values, "backfill.batchTimeout", backfill.batchTimeout);
            put(values, "backfill.lease", backfill.lease);
            put(values, "backfill.reconnectBudget", backfill.reconnectBudget);
            put(values, "backfill.maxFailures", backfill.maxFailures);
            put(values, "backfill.throttles", backfill.throttles);
            put(values, "backfill.mode", backfill.mode);
            put(values, "backfill.worker", backfill.worker);
        }
        return values;
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null) {
            values.put("expandcontract." + name, value);
        }
    }

    @Override
    public String getNamespace() {
        return "expandcontract";
    }

    @Override
    public @Nullable String getConfigurationParameterFromEnvironmentVariable(String environmentVariable) {
        return null; // EXPANDCONTRACT_… is read without Flyway
    }
}
