package dev.expandcontract.liquibase;

import dev.expandcontract.settings.Settings;
import dev.expandcontract.settings.SettingsReader;
import java.util.HashMap;
import java.util.Map;
import liquibase.Scope;
import liquibase.configuration.ConfigurationValueProvider;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.configuration.core.DefaultsFileValueProvider;

/** Our settings, from wherever Liquibase has its own from. */
final class LiquibaseSettings {
    private LiquibaseSettings() {}

    static Settings read() {
        Map<String, String> host = new HashMap<>();
        LiquibaseConfiguration configuration = Scope.getCurrentScope().getSingleton(LiquibaseConfiguration.class);
        for (String key : SettingsReader.keys()) {
            String name = SettingsReader.PREFIX + key;
            Object value =
                    configuration.getCurrentConfiguredValue(null, null, name).getValue();
            if (value != null) {
                host.put(name, value.toString());
            }
        }
        configuration.getProviders().forEach(provider -> addFile(provider, host));
        return SettingsReader.read(host);
    }

    /** Misspelt keys too, so that they are told. */
    private static void addFile(ConfigurationValueProvider provider, Map<String, String> host) {
        if (provider instanceof DefaultsFileValueProvider file) {
            file.getMap().forEach((key, value) -> {
                if (key.toString().startsWith(SettingsReader.PREFIX)) {
                    host.putIfAbsent(key.toString(), String.valueOf(value));
                }
            });
        }
    }
}
