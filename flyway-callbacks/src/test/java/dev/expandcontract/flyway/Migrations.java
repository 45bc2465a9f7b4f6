package dev.expandcontract.flyway;

import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;

/** The scripts of one application, in a directory, and Flyway over them. */
final class Migrations {
    private final TestDatabase database;
    private final Path directory;

    Migrations(TestDatabase database, Path directory) {
        this.database = database;
        this.directory = directory;
    }

    /** Writes a script; again, and it is mended. */
    Migrations script(String name, String... lines) {
        write(directory, name, lines);
        return this;
    }

    static void write(Path directory, String name, String... lines) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Flyway flyway() {
        return flyway(configuration -> configuration);
    }

    Flyway flyway(UnaryOperator<FluentConfiguration> more) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("filesystem:" + directory);
        return more.apply(configuration).load();
    }

    static UnaryOperator<FluentConfiguration> withoutThePack() {
        return configuration -> configuration.placeholders(Map.of("expandcontract.enabled", "false"));
    }

    MigrateResult migrate() {
        return flyway().migrate();
    }

    /** Script, type and success of each row; none where there is no history yet. */
    List<String> history() {
        if (database.<Boolean>value("SELECT to_regclass('flyway_schema_history') IS NULL")) {
            return List.of();
        }
        return database.rows("SELECT script, type, success FROM flyway_schema_history ORDER BY installed_rank").stream()
                .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .toList();
    }

    /** Operation, position and state of all that we noted. */
    List<String> notes() {
        return database
                .rows(
                        "SELECT operation, position, state, recorded_at IS NOT NULL FROM expand_contract_operation ORDER BY id")
                .stream()
                .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .toList();
    }

    /** The first of this type among the error and its causes. */
    static <T extends Throwable> T cause(@Nullable Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        throw new AssertionError("No " + type.getSimpleName() + " among the causes of this", error);
    }
}
