package dev.expandcontract.liquibase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.change.CheckSum;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;

/** One change in every format that Liquibase has for it. */
enum Changelogs {
    YAML("yaml") {
        @Override
        String text(String change, Map<String, String> attributes) {
            return "databaseChangeLog:\n"
                    + Project.changeSet(
                            1,
                            change + ":\n"
                                    + attributes.entrySet().stream()
                                            .map(a -> "    %s: %s".formatted(a.getKey(), quoted(a.getValue())))
                                            .collect(Collectors.joining("\n")));
        }
    },
    JSON("json") {
        @Override
        String text(String change, Map<String, String> attributes) {
            return """
                    {"databaseChangeLog": [{"changeSet": {"id": "1", "author": "shop", "runInTransaction": false,
                     "changes": [{"%s": {%s}}]}}]}
                    """.formatted(
                            change,
                            attributes.entrySet().stream()
                                    .map(a -> "\"%s\": %s".formatted(a.getKey(), quoted(a.getValue())))
                                    .collect(Collectors.joining(", ")));
        }
    },
    OWN_NAMESPACE("xml") {
        @Override
        String text(String change, Map<String, String> attributes) {
            return xml(
                    "online:" + change,
                    attributes,
                    "xmlns:online=\"" + OnlineChange.NAMESPACE + "\"",
                    OnlineChange.NAMESPACE + " " + OnlineChange.NAMESPACE + ".xsd");
        }
    },
    EXTENSION_NAMESPACE("xml") {
        @Override
        String text(String change, Map<String, String> attributes) {
            return xml(
                    "ext:" + change,
                    attributes,
                    "xmlns:ext=\"http://www.liquibase.org/xml/ns/dbchangelog-ext\"",
                    "http://www.liquibase.org/xml/ns/dbchangelog-ext"
                            + " http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-ext.xsd");
        }
    };

    private final String extension;

    Changelogs(String extension) {
        this.extension = extension;
    }

    String file() {
        return "changelog." + extension;
    }

    /** One changeSet with one change. */
    abstract String text(String change, Map<String, String> attributes);

    private static String quoted(String value) {
        return value.startsWith("[") ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String xml(String change, Map<String, String> attributes, String namespace, String schema) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" %s
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
                        http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd %s">
                  <changeSet id="1" author="shop" runInTransaction="false">
                    <%s %s/>
                  </changeSet>
                </databaseChangeLog>
                """.formatted(
                        namespace,
                        schema,
                        change,
                        attributes.entrySet().stream()
                                .map(a -> "%s=\"%s\""
                                        .formatted(
                                                a.getKey(),
                                                a.getValue()
                                                        .replace("&", "&amp;")
                                                        .replace("<", "&lt;")
                                                        .replace("\"", "&quot;")))
                                .collect(Collectors.joining(" ")));
    }

    static ChangeSet parsed(Path directory, String file, String text) throws Exception {
        try {
            Files.writeString(directory.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (ResourceAccessor resources = new CompositeResourceAccessor(
                new DirectoryResourceAccessor(directory),
                new ClassLoaderResourceAccessor(Changelogs.class.getClassLoader()))) {
            return Scope.child(Map.of(Scope.Attr.resourceAccessor.name(), resources), () -> {
                DatabaseChangeLog changelog = ChangeLogParserFactory.getInstance()
                        .getParser(file, resources)
                        .parse(file, new ChangeLogParameters(), resources);
                return changelog.getChangeSets().get(0);
            });
        }
    }

    CheckSum checksum(Path directory, String change, Map<String, String> attributes) throws Exception {
        return parsed(directory, file(), text(change, attributes))
                .getChanges()
                .get(0)
                .generateCheckSum();
    }
}
