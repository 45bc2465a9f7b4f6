package dev.expandcontract.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.operation.Attribute;
import dev.expandcontract.operation.OperationType;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody who adds an operation must not forget. */
class CompletenessTest {
    static Stream<OperationType> operations() {
        return OperationType.all().stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void hasAScenarioAndAnExampleForEachHost(OperationType type) {
        Example example = new Example(type);

        assertThat(example.file("scenario.sql"))
                .as("what is there before " + type.name())
                .exists();
        assertThat(example.file("flyway.sql"))
                .as("the Flyway example of " + type.name())
                .exists();
        assertThat(example.file("liquibase.yaml"))
                .as("the Liquibase example of " + type.name())
                .exists();
        assertThat(example.flyway()).contains("CALL online." + type.snakeName() + "(");
        assertThat(example.liquibase()).contains(example.change() + ":");
        assertThat(example.operation()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void isDescribedInSentences(OperationType type) {
        assertThat(type.description()).endsWith(".");
        assertThat(type.attributes())
                .extracting(Attribute::description)
                .allSatisfy(text -> assertThat(text).isNotBlank().doesNotEndWith("."));
    }
}
