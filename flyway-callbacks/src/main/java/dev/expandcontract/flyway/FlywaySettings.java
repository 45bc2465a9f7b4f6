package dev.expandcontract.flyway;

import dev.expandcontract.settings.Settings;
import dev.expandcontract.settings.SettingsReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flywaydb.core.api.configuration.Configuration;

/** Our settings in Flyway's configuration: {@code flyway.expandcontract.…}, or placeholders {@code expandcontract.…}. */
final class FlywaySettings {
    private FlywaySettings() {}

    @SuppressWarnings("deprecation") // what newer versions want instead is not in the oldest that we serve
    static Settings read(Configuration configuration) {
        Map<String, String> values = new LinkedHashMap<>();
        if (configuration.getPlaceholders() != null) {
            values.putAll(configuration.getPlaceholders());
        }
        ExpandContractConfigurationExtension extension =
                configuration.getPluginRegister().getPlugin(ExpandContractConfigurationExtension.class);
        if (extension != null) {
            values.putAll(extension.values());
        }
        return SettingsReader.read(values);
    }
}
