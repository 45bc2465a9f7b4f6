package dev.expandcontract.flyway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The examples of the documentation. */
final class Examples {
    private static final Path DIRECTORY = Path.of("..", "docs", "operations", "examples");

    private Examples() {}

    /** Their names, such as {@code create-index}. */
    static List<String> all() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String scenario(String name) {
        return read(name, "scenario.sql");
    }

    static String flyway(String name) {
        return read(name, "flyway.sql");
    }

    private static String read(String name, String file) {
        try {
            return Files.readString(DIRECTORY.resolve(name).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
