package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Prints its arguments; ends with the number that it is given, or waits to be killed. */
    static final class Child {
        public static void main(String[] args) throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shut down in order")));
            System.err.println("greeting " + System.getProperty("greeting") + " " + Assertions.class.getSimpleName());
            System.out.println("began with " + String.join(",", args));
            if (args.length == 0) {
                System.in.read();
            }
            System.exit(Integer.parseInt(args[0]));
        }
    }

    @Test
    void hasTheSameClassPathAndReportsExitCodeAndOutput() {
        try (var child = ChildJvm.start(List.of("-Dgreeting=hello"), Child.class, "3", "x")) {
            assertThat(child.waitFor()).isEqualTo(3);
            assertThat(child.lines())
                    .containsExactly("greeting hello Assertions", "began with 3,x", "shut down in order");
            assertThatThrownBy(child::expectSuccess)
                    .hasMessageContaining("The JVM of Child ended with exit code 3")
                    .hasMessageContaining("began with 3,x");
        }
    }

    @Test
    void isKilledWithoutCleanUp() {
        try (var child = ChildJvm.start(Child.class)) {
            assertThat(child.awaitLine("^began", SOON)).isEqualTo("began with ");
            child.kill();

            assertThat(child.waitFor()).isEqualTo(137);
            assertThat(child.isAlive()).isFalse();
            assertThat(child.lines()).doesNotContain("shut down in order");
        }
    }

    @Test
    void saysWhatItPrintedWhenALineDoesNotCome() {
        try (var child = ChildJvm.start(Child.class, "0")) {
            assertThatThrownBy(() -> child.awaitLine("never", SOON))
                    .hasMessageContaining("ended without a line like \"never\"")
                    .hasMessageContaining("began with 0");
        }
        try (var child = ChildJvm.start(Child.class)) {
            child.awaitLine("began", SOON);
            assertThatThrownBy(() -> child.awaitLine("never", Duration.ofMillis(50)))
                    .hasMessageContaining("ran for PT0.05S without a line like \"never\"");
        }
    }
}
