package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.run.StateTables;
import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the documentation, as their readers would try them. */
@PostgresTest
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("../docs/operations/examples");
    private static final Set<String> UNDOABLE =
            Set.of("create-index", "add-foreign-key", "add-check", "add-not-null", "await-backfill", "sql");

    private final TestDatabase database;
    private final Project project;

    ExamplesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    static Stream<String> examples() throws IOException {
        try (Stream<Path> directories = Files.list(EXAMPLES)) {
            return directories
                    .filter(directory -> Files.exists(directory.resolve("liquibase.yaml")))
                    .map(directory -> directory.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void areRunOnceAndRecorded(String example) throws Exception {
        start(example);
        project.update();
        CatalogSnapshot first = snapshot();
        assertThat(changeSets()).isEqualTo(written(example));

        project.update();

        assertThat(snapshot().differenceTo(first)).isEmpty();
        assertThat(changeSets()).isEqualTo(written(example));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void areRolledBackAndRunAgain(String example) throws Exception {
        start(example);
        CatalogSnapshot before = snapshot();
        project.update();
        CatalogSnapshot after = snapshot();
        if (UNDOABLE.contains(example)) {
            project.rollback();
            assertThat(snapshot().differenceTo(before)).isEmpty();
            assertThat(changeSets()).isEqualTo(written(example) - 1);
            project.update();
            assertThat(snapshot().differenceTo(after)).isEmpty();
        } else {
            assertThatThrownBy(project::rollback).hasMessageContaining("Write a rollback block in the changeSet");
            assertThat(snapshot().differenceTo(after)).isEmpty();
            assertThat(changeSets()).isEqualTo(written(example));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void givePlainSqlThatDoesTheSameByHand(String example) throws Exception {
        start(example);
        CatalogSnapshot before = snapshot();
        List<?> rowsBefore = rows();
        String sql = project.updateSql();
        assertThat(snapshot().differenceTo(before)).isEmpty();
        assertThat(rows()).isEqualTo(rowsBefore);

        project.runByHand(sql);
        CatalogSnapshot byHand = snapshot();
        List<?> rowsByHand = rows();
        assertThat(changeSets()).isEqualTo(written(example));

        start(example);
        project.update();
        assertThat(snapshot().differenceTo(byHand)).isEmpty();
        assertThat(rows()).isEqualTo(rowsByHand);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void givePlainSqlWithoutADatabase(String example) throws Exception {
        start(example);
        String sql = project.offlineSql("");
        project.runByHand(sql);
        CatalogSnapshot byHand = snapshot();

        start(example);
        project.update();
        assertThat(snapshot().differenceTo(byHand)).isEmpty();
    }

    private void start(String example) throws IOException {
        database.reset();
        database.execute(Files.readString(EXAMPLES.resolve(example).resolve("scenario.sql")));
        project.changelog(
                "changelog.yaml", Files.readString(EXAMPLES.resolve(example).resolve("liquibase.yaml")));
    }

    private CatalogSnapshot snapshot() {
        return CatalogSnapshot.of(database)
                .withoutTables(table -> table.startsWith("databasechangelog")
                        || StateTables.names().contains(table));
    }

    /** Of every table of the example. */
    private List<?> rows() {
        List<?> tables = database.rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
        return tables.stream()
                .map(row -> String.valueOf(((List<?>) row).get(0)))
                .filter(table -> !table.startsWith("databasechangelog")
                        && !StateTables.names().contains(table))
                .map(table -> List.of(
                        table,
                        database.rows("SELECT coalesce(string_agg(md5((to_jsonb(o) - 'created_at')::text), ';'"
                                + " ORDER BY to_jsonb(o)::text), '') FROM " + table + " o")))
                .toList();
    }

    /** How many changeSets the example has. */
    private static long written(String example) throws IOException {
        return Files.readString(EXAMPLES.resolve(example).resolve("liquibase.yaml"))
                .lines()
                .filter(line -> line.strip().equals("- changeSet:"))
                .count();
    }

    private long changeSets() {
        return database.<Long>value("SELECT count(*) FROM databasechangelog");
    }
}
