package dev.expandcontract.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.operation.OperationType;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@PostgresTest
class ArgumentNamesIT {
    static Stream<OperationType> operations() {
        return OperationType.all().stream();
    }

    /** Without the pack, a script fails by naming what is missing, not by a syntax error. */
    @ParameterizedTest
    @MethodSource("operations")
    void aCallWithAllItsArgumentsIsValidSql(OperationType type, TestDatabase database) {
        String call = type.attributes().stream()
                .map(attribute -> attribute.snakeName() + " => 'x'")
                .collect(Collectors.joining(", ", "CALL online." + type.snakeName() + "(", ")"));

        assertThat(catchThrowable(() -> database.execute(call)))
                .hasMessageContaining("schema \"online\" does not exist");
    }
}
