package dev.expandcontract.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a server for tests is started with; everything else stays at its default, {@code deadlock_timeout} included. */
final class ServerSettings {
    static final Map<String, String> ALL = settings();

    private ServerSettings() {}

    /** As arguments of the server's command. */
    static List<String> arguments() {
        return ALL.entrySet().stream()
                .flatMap(setting -> Stream.of("-c", setting.getKey() + "=" + setting.getValue()))
                .toList();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("max_connections", "200");
        settings.put("fsync", "off");
        settings.put("synchronous_commit", "off");
        settings.put("full_page_writes", "off");
        settings.put("max_wal_size", "512MB");
        settings.put("wal_level", "logical");
        settings.put("max_replication_slots", "20");
        settings.put("max_wal_senders", "20");
        settings.put("max_prepared_transactions", "10");
        settings.put("track_activities", "on");
        settings.put("timezone", "UTC");
        return settings;
    }
}
