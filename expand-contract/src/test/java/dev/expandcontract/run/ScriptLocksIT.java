package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@PostgresTest
class ScriptLocksIT {
    private static final String DEFINITION = "ALTER TABLE orders ADD COLUMN x int";

    private final TestDatabase database;
    private final Recorder recorder = new Recorder();
    private Settings settings = Settings.defaults();

    ScriptLocksIT(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void tables() {
        database.reset();
        database.execute("CREATE TABLE orders (id bigint PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
    }

    @Test
    void aScriptThatOnlyHandlesRowsKeepsItsSessionsLockTimeout() throws SQLException {
        try (Connection transaction = transaction()) {
            take(transaction, "UPDATE orders SET id = 2; INSERT INTO orders SELECT 3");
            assertThat(SessionSettings.current(transaction, "lock_timeout")).isEqualTo("0");

            take(transaction, "UPDATE orders SET id = 2; CREATE TABLE more (id int)");
            assertThat(SessionSettings.current(transaction, "lock_timeout")).isEqualTo("1s");
        }
    }

    @Test
    void aRoleThatMayNotSeeWhoHoldsLocksRunsItsScriptsAllTheSame() throws SQLException {
        String role = database.createRole("owner");
        database.execute("ALTER TABLE orders OWNER TO " + role, "REVOKE SELECT ON pg_locks FROM PUBLIC");
        try (Connection transaction = database.connectAs(role)) {
            transaction.setAutoCommit(false);
            execute(transaction, "CREATE TABLE mine ()");

            take(transaction, DEFINITION);

            assertThat(recorder.warnings)
                    .singleElement()
                    .asString()
                    .startsWith("V2.sql: its tables are not locked in advance")
                    .contains("pg_locks");
            assertThat(SessionSettings.current(transaction, "lock_timeout")).isEqualTo("1s");
            execute(transaction, DEFINITION);
            transaction.commit();
        }
        assertThat(database.<Boolean>value("SELECT to_regclass('mine') IS NOT NULL"))
                .isTrue();
    }

    @Test
    void theHostsTransactionMayBeIdleWhileWeWaitInIt() throws SQLException {
        try (Connection transaction = database.connect();
                LockHolder reader = LockHolder.hold(database, "SELECT FROM orders")) {
            execute(transaction, "SET idle_in_transaction_session_timeout = '50ms'");
            transaction.setAutoCommit(false);
            awaitOld(reader);
            CompletableFuture<Void> release = reader.releaseAfter(Duration.ofSeconds(1));

            take(transaction, DEFINITION);

            release.join();
            assertThat(SessionSettings.current(transaction, "idle_in_transaction_session_timeout"))
                    .isEqualTo("50ms");
        }
    }

    @Test
    void whenTheBudgetIsSpentTheTransactionIsAsBefore() throws SQLException {
        settings = settings.withLockPolicy(Duration.ofMillis(100), Duration.ofMillis(300));
        try (Connection transaction = transaction();
                LockHolder reader = LockHolder.hold(database, "SELECT FROM orders")) {
            execute(transaction, "CREATE TABLE mine ()");

            assertThatThrownBy(() -> take(transaction, DEFINITION))
                    .isInstanceOf(LockNotAcquired.class)
                    .hasMessageContaining("pid " + reader.pid());

            assertThat(SessionSettings.current(transaction, "idle_in_transaction_session_timeout"))
                    .isEqualTo("0");
            assertThat(SessionSettings.current(transaction, "lock_timeout")).isEqualTo("0");
            transaction.commit();
        }
        assertThat(database.<Boolean>value("SELECT to_regclass('mine') IS NOT NULL"))
                .isTrue();
    }

    @Test
    @Tag("slow")
    void allPartitionsTogetherDelayTheApplicationForOneLockTimeoutWithoutASecondConnectionToo() throws SQLException {
        database.execute(
                "CREATE TABLE p (id int) PARTITION BY LIST (id)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
                "CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3)");
        try (Workload application = Workload.start(database, Workload.statement("reader", "SELECT FROM ONLY p"));
                Connection transaction = transaction();
                LockHolder one = LockHolder.hold(database, "SELECT FROM p1");
                LockHolder two = LockHolder.hold(database, "SELECT FROM p2");
                LockHolder three = LockHolder.hold(database, "SELECT FROM p3")) {
            CompletableFuture<?> releases = CompletableFuture.allOf(
                    one.releaseAfter(Duration.ofMillis(800)),
                    two.releaseAfter(Duration.ofMillis(1600)),
                    three.releaseAfter(Duration.ofMillis(2400)));

            take(transaction, "ALTER TABLE p ADD COLUMN x int");

            releases.join();
            transaction.rollback();
            assertThat(application.stop().slowest()).isLessThan(Duration.ofMillis(1200));
        }
    }

    @Test
    void onlyTheTableItselfIsLockedForOnly() throws SQLException {
        database.execute("CREATE TABLE archive () INHERITS (orders)");
        settings = settings.withLockPolicy(Duration.ofMillis(100), Duration.ofMillis(300));
        try (Connection transaction = transaction();
                LockHolder reader = LockHolder.hold(database, "SELECT FROM archive")) {
            take(transaction, "ALTER TABLE ONLY orders ALTER id SET DEFAULT 1");

            assertThat(recorder.lockWaits).isEmpty();
            reader.release();
        }
    }

    private void take(Connection transaction, String sql) {
        new ScriptLocks(settings, recorder).take(transaction, null, "V2.sql", sql);
    }

    private Connection transaction() throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private void awaitOld(LockHolder holder) {
        Awaitility.await()
                .until(() -> database.<Boolean>value(
                        "SELECT clock_timestamp() - xact_start > interval '1.1 s' FROM pg_stat_activity WHERE pid = ?",
                        holder.pid()));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
