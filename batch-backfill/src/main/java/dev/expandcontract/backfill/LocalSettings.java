package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * PostgreSQL's settings for one transaction, as one statement: so many {@code SET LOCAL} would take longer than some
 * batches do.
 */
record LocalSettings(Map<String, String> values) {
    private static final LocalSettings NONE = new LocalSettings(Map.of());

    LocalSettings {
        values = Map.copyOf(values);
    }

    static LocalSettings of(String name, String value) {
        return NONE.with(name, value);
    }

    /** For statements that may wait for a lock so long, whatever the session or its role has set. */
    static LocalSettings waitingUpTo(Duration lockTimeout) {
        return NONE.with("lock_timeout", lockTimeout).with("statement_timeout", "0");
    }

    LocalSettings with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new LocalSettings(more);
    }

    /** @param time at least 1 ms, as 0 would switch a time limit off */
    LocalSettings with(String name, Duration time) {
        return with(name, String.valueOf(Math.max(1, time.toMillis())));
    }

    LocalSettings and(LocalSettings others) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.putAll(others.values);
        return new LocalSettings(all);
    }

    String sql() {
        return values.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting ->
                        "pg_catalog.set_config('%s', '%s', true)".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", ", "SELECT ", ""));
    }
}
