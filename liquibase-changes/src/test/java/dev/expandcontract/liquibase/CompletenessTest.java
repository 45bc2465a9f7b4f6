package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.operation.Attribute;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.ChangeFactory;
import liquibase.change.ChangeMetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every operation needs here: one class and one line. */
class CompletenessTest {
    static Stream<Class<?>> operations() {
        return Arrays.stream(Operation.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationHasAChangeThatLiquibaseFinds(Class<?> operation) throws IOException {
        String simpleName = "Online" + operation.getSimpleName() + "Change";
        String name = "dev.expandcontract.liquibase." + simpleName;
        assertThat(Path.of("src/main/java", name.replace('.', '/') + ".java"))
                .as("add a class that passes %s.class to OnlineChange", operation.getSimpleName())
                .exists();
        assertThat(services())
                .as("add the line %s to META-INF/services/liquibase.change.Change", name)
                .contains(name);
        OperationType type = OperationType.of(operation.asSubclass(Operation.class));
        Change change =
                Scope.getCurrentScope().getSingleton(ChangeFactory.class).create("online" + operation.getSimpleName());
        assertThat(change).isInstanceOf(OnlineChange.class);
        ChangeMetaData metaData =
                Scope.getCurrentScope().getSingleton(ChangeFactory.class).getChangeMetaData(change);
        assertThat(metaData.getDescription()).isEqualTo(type.description());
        assertThat(metaData.getParameters().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        type.attributes().stream().map(Attribute::name).toList());
    }

    @Test
    void nothingElseIsListed() throws IOException {
        assertThat(services()).hasSize(Operation.class.getPermittedSubclasses().length);
    }

    private static List<String> services() throws IOException {
        return Files.readAllLines(
                Path.of("src/main/resources/META-INF/services/liquibase.change.Change"), StandardCharsets.UTF_8);
    }
}
