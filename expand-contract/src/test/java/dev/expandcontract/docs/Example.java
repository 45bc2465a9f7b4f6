package dev.expandcontract.docs;

import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The example of an operation: what is there before, and how it reads in Flyway and in Liquibase. */
record Example(OperationType type) {
    private static final Path OPERATIONS = Path.of("..", "docs", "operations");

    static final Path INDEX = OPERATIONS.resolve("README.md");

    Path page() {
        return OPERATIONS.resolve(type.fileName() + ".md");
    }

    Path file(String name) {
        return OPERATIONS.resolve("examples").resolve(type.fileName()).resolve(name);
    }

    String scenario() {
        return read(file("scenario.sql"));
    }

    String flyway() {
        return read(file("flyway.sql")).strip();
    }

    String liquibase() {
        return read(file("liquibase.yaml")).strip();
    }

    /** {@code onlineCreateIndex}. */
    String change() {
        return "online" + type.name().substring(0, 1).toUpperCase(Locale.ROOT)
                + type.name().substring(1);
    }

    /** Read off the Liquibase example, whose attributes are the lines below the change's name. */
    Operation operation() {
        Map<String, String> attributes = new LinkedHashMap<>();
        liquibase()
                .lines()
                .dropWhile(line -> !line.strip().equals("- " + change() + ":"))
                .skip(1)
                .takeWhile(line -> line.startsWith(" ".repeat(12)))
                .forEach(line -> {
                    String[] attribute = line.strip().split(": ", 2);
                    attributes.put(attribute[0], attribute[1]);
                });
        return type.bind(attributes);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is missing", e);
        }
    }
}
