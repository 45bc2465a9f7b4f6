package dev.expandcontract.liquibase;

import dev.expandcontract.settings.SettingsReader;
import liquibase.configuration.AutoloadedConfigurations;
import liquibase.configuration.ConfigurationDefinition;

/** Makes our settings known to Liquibase, which otherwise warns about them in liquibase.properties. */
public final class SettingsDefinitions implements AutoloadedConfigurations {
    static {
        ConfigurationDefinition.Builder builder = new ConfigurationDefinition.Builder("expandcontract");
        SettingsReader.keys().forEach(key -> builder.define(key, String.class).build());
    }
}
