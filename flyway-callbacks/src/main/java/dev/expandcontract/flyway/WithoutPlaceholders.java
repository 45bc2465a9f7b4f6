package dev.expandcontract.flyway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.resource.StringResource;
import org.jspecify.annotations.Nullable;

/** Gives every script a script configuration by which Flyway leaves the placeholders in it. */
record WithoutPlaceholders(ResourceProvider original) implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
        LoadableResource found = original.getResource(name);
        return name.endsWith(".conf")
                ? new StringResource((found == null ? "" : text(found)) + "placeholderReplacement=false\n")
                : found;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return original.getResources(prefix, suffixes);
    }

    private static String text(LoadableResource configuration) {
        try (BufferedReader reader = new BufferedReader(configuration.read())) {
            return reader.lines()
                    .filter(line -> !line.strip().startsWith("placeholderReplacement"))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
