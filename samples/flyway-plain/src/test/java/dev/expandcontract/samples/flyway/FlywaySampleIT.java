package dev.expandcontract.samples.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.samples.shop.MigrationTool;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FlywaySampleIT {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void applicationSeesNoErrorAndEveryOperationIsDone() {
        assertThat(run("--orders", "5000", "--compare")).as(this::output).isZero();
        assertThat(output()).containsPattern("All [0-9,]+ orders are there");
        assertThat(MigrationTool.OPERATIONS)
                .allSatisfy(operation ->
                        assertThat(output()).containsPattern(operation + " +[0-9.]+ s +[0-9.]+ s +0 +\\| +[0-9.]+ s"));
    }

    @Test
    void wrongArgumentsAreToldWithTheRightOnes() {
        assertThat(run("--order", "5000")).isEqualTo(2);
        assertThat(output()).contains("\"--order\" is none of the arguments").contains("--orders N");
    }

    private int run(String... arguments) {
        return FlywaySample.run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments);
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
