package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.ui.ConsoleUIService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@PostgresTest
class OtherConnectionsIT {
    private final TestDatabase database;
    private final Path directory;

    OtherConnectionsIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
    }

    @Test
    void whereLiquibaseConnectsByItselfABuildSaysWhomItWaitsFor() {
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)");
        new Project(directory, database).change("onlineCreateIndex: {tableName: orders, columnNames: total}");
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        try (LockHolder writer = LockHolder.hold(database, "INSERT INTO orders VALUES (0, 0)")) {
            CompletableFuture<Void> update = OwnThread.run(() -> update(console));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(console.toString(StandardCharsets.UTF_8))
                            .contains("waiting for writers before build, waiting for pid " + writer.pid()));
            writer.release();
            update.join();
        }
    }

    private void update(ByteArrayOutputStream console) {
        ConsoleUIService ui = new ConsoleUIService();
        ui.setOutputStream(new PrintStream(console, true, StandardCharsets.UTF_8));
        String prefix = "liquibase.command.";
        Map<String, String> configured = Map.of(
                prefix + "url", database.url(),
                prefix + "username", database.user(),
                prefix + "password", database.password());
        configured.forEach(System::setProperty);
        try (DirectoryResourceAccessor resources = new DirectoryResourceAccessor(directory)) {
            Scope.child(
                    Map.of(Scope.Attr.ui.name(), ui, Scope.Attr.resourceAccessor.name(), resources),
                    () -> new CommandScope("update")
                            .addArgumentValue("changelogFile", "changelog.yaml")
                            .execute());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            configured.keySet().forEach(System::clearProperty);
        }
    }
}
