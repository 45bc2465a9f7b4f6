package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import dev.expandcontract.testing.Workload.Report;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import liquibase.Contexts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that know nothing of this pack, with it on the class path. */
@PostgresTest
class OrdinaryChangesIT {
    private static final Duration LIMIT = Duration.ofMillis(1200);
    private static final String ADD_COLUMN = """
            databaseChangeLog:
            - changeSet:
                id: 1
                author: shop
                changes:
                  - addColumn: {tableName: orders, columns: [{column: {name: note, type: text}}]}
            """;
    private static final String NOTE_LOCK_TIMEOUT = """
            databaseChangeLog:
            - changeSet:
                id: 1
                author: shop
                runInTransaction: %s
                changes:
                  - sql: CREATE TABLE seen AS SELECT current_setting('lock' || '_timeout') AS setting
            """;

    private final TestDatabase database;
    private final Project project;

    OrdinaryChangesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, total numeric)");
    }

    @Test
    void waitForAWriterWithoutMakingTheApplicationWait() throws Exception {
        project.changelog("changelog.yaml", ADD_COLUMN);
        try (LockHolder writer = LockHolder.hold(database, "INSERT INTO orders VALUES (1, 1)");
                Workload shop = Workload.start(database, Workload.statement("shop", "SELECT sum(total) FROM orders"))) {
            CompletableFuture<Void> released = writer.releaseAfter(Duration.ofSeconds(3));
            project.update();
            released.join();
            Report report = shop.stop();
            assertThat(report.slowest()).as(report.toString()).isLessThan(LIMIT);
            assertThat(report.errors()).isEmpty();
        }
        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isOne();
    }

    @Test
    void runUnderALockTimeoutThatEndsWithTheirTransaction() throws Exception {
        project.changelog("changelog.yaml", NOTE_LOCK_TIMEOUT.formatted("true"));
        try (Connection connection = database.connect()) {
            project.run(connection, liquibase -> liquibase.update(new Contexts()));
            assertThat(lockTimeout(connection)).isEqualTo("0");
        }
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("1s");
    }

    @Test
    void keepALockTimeoutOfTheirUsersOwn() throws Exception {
        project.changelog("changelog.yaml", NOTE_LOCK_TIMEOUT.formatted("true"));
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '7s'");
            project.run(connection, liquibase -> liquibase.update(new Contexts()));
            assertThat(lockTimeout(connection)).isEqualTo("7s");
        }
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("7s");
    }

    @Test
    void keepALockTimeoutThatTheySetThemselves() throws Exception {
        project.changelog(
                "changelog.yaml",
                NOTE_LOCK_TIMEOUT
                        .formatted("true")
                        .replace("sql: CREATE", "sql: SET LOCAL lock_timeout = '9s'; CREATE"));
        project.update();
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("9s");
    }

    @Test
    void areLeftAloneOutsideATransaction() throws Exception {
        project.changelog("changelog.yaml", NOTE_LOCK_TIMEOUT.formatted("false"));
        project.update();
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("0");
    }

    @Test
    void areWrittenAsSqlWithNothingOfOursInIt() throws Exception {
        project.changelog("changelog.yaml", ADD_COLUMN);
        assertThat(project.updateSql()).contains("ADD note").doesNotContainIgnoringCase("lock_timeout");
    }

    @Test
    void areLeftAloneByAPackThatIsSwitchedOff() throws Exception {
        System.setProperty("expandcontract.enabled", "false");
        try {
            project.changelog("changelog.yaml", NOTE_LOCK_TIMEOUT.formatted("true"));
            project.update();
        } finally {
            System.clearProperty("expandcontract.enabled");
        }
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("0");
    }

    @Test
    void areRefusedWithAMisspeltSettingBesideThem() {
        System.setProperty("expandcontract.lockTimout", "2s");
        try {
            project.changelog("changelog.yaml", ADD_COLUMN);
            assertThatThrownBy(project::update)
                    .hasMessageContaining("unknown setting expandcontract.lockTimout, did you mean lockTimeout?");
        } finally {
            System.clearProperty("expandcontract.lockTimout");
        }
    }

    private static String lockTimeout(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW lock_timeout")) {
            row.next();
            return row.getString(1);
        }
    }
}
