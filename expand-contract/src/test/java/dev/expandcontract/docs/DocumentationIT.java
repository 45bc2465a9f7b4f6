package dev.expandcontract.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Renders {@code docs/operations}; {@code -Ddocs.write=true} writes the pages instead of comparing them. */
@PostgresTest
class DocumentationIT {
    private static final int VERSION_OF_THE_PAGES = 17;

    private final TestDatabase database;

    DocumentationIT(TestDatabase database) {
        this.database = database;
    }

    static Stream<OperationType> operations() {
        return OperationType.all().stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void theLocksArePredicted(OperationType type) throws SQLException {
        Example example = new Example(type);
        Plan plan = planned(example);
        List<Map<String, LockMode>> locks = observed(plan);

        for (int i = 0; i < locks.size(); i++) {
            Step step = plan.steps().get(i);
            if (!locks.get(i).isEmpty()) {
                assertThat(predicted(step)).as(step.description()).isEqualTo(locks.get(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void thePageIsUpToDate(OperationType type) throws SQLException, IOException {
        assumeTrue(database.serverVersion() == VERSION_OF_THE_PAGES, "the pages show PostgreSQL 17");
        Example example = new Example(type);
        Plan plan = planned(example);

        compare(example.page(), new Page(example, plan, observed(plan)).markdown());
    }

    private Plan planned(Example example) throws SQLException {
        database.reset();
        database.execute(example.scenario());
        try (Connection connection = database.connect()) {
            return example.operation().plan(Catalog.of(connection));
        }
    }

    private List<Map<String, LockMode>> observed(Plan plan) throws SQLException {
        List<Map<String, LockMode>> locks = new ArrayList<>();
        for (Step step : plan.steps()) {
            locks.add(new ObservedLocks(database).of(step));
        }
        return locks;
    }

    @Test
    void theIndexOfThePagesIsUpToDate() throws IOException {
        String rows = OperationType.all().stream()
                .map(type -> "| [`%s`](%s.md) | %s |".formatted(type.name(), type.fileName(), type.description()))
                .collect(Collectors.joining("\n"));
        compare(Example.INDEX, "# Operations\n\n| operation | what it does |\n|---|---|\n" + rows + "\n");
    }

    private static void compare(Path page, String markdown) throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(page, markdown);
        }
        assertThat(page)
                .as("rendered page; -Ddocs.write=true writes it")
                .exists()
                .hasContent(markdown);
    }

    private static Map<String, LockMode> predicted(Step step) {
        Map<String, LockMode> predicted = new TreeMap<>();
        for (Lock lock : step.locks()) {
            predicted.put(lock.table().sql(), lock.mode());
        }
        return predicted;
    }
}
