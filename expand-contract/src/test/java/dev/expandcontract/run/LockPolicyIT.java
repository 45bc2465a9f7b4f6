package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class LockPolicyIT {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private static final Operation ADD_FOREIGN_KEY = Online.operation(
            "addForeignKey", "tableName", "orders", "columnNames", "customer_id", "referencedTableName", "customers");

    private final TestDatabase database;
    private final Online online;

    LockPolicyIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        database.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint)",
                "INSERT INTO customers SELECT generate_series(1, 100)",
                "INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n");
    }

    @Test
    void aWriterThatHoldsItsLockForFiveSecondsDelaysUsButNobodyElse() {
        try (Workload application = application();
                LockHolder writer =
                        LockHolder.holdAs("slow-writer", database, "UPDATE orders SET customer_id = 2 WHERE id = 1")) {
            CompletableFuture<Void> release = writer.releaseAfter(Duration.ofSeconds(5));

            addForeignKey();

            Workload.Report felt = application.stop();
            release.join();
            assertThat(felt.errors()).isEmpty();
            assertThat(felt.slowest()).isLessThan(LOCK_TIMEOUT.plusMillis(200));
            assertThat(online.recorder.lockWaits)
                    .isNotEmpty()
                    .allSatisfy(wait -> assertThat(wait.toString()).contains("slow-writer"));
        }
        assertThat(database.<Boolean>value(
                        "SELECT convalidated FROM pg_constraint WHERE conname = 'orders_customer_id_fkey'"))
                .isTrue();
    }

    @Test
    void anOldTransactionIsWaitedForWithoutQueueingBehindIt() {
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET customer_id = 2 WHERE id = 1")) {
            Awaitility.await()
                    .until(() -> database.<Boolean>value(
                            "SELECT clock_timestamp() - xact_start > interval '1.1 s' FROM pg_stat_activity WHERE pid = ?",
                            writer.pid()));
            CompletableFuture<Void> migration = OwnThread.run(this::addForeignKey);
            Awaitility.await().until(() -> !online.recorder.lockWaits.isEmpty());

            assertThat(online.recorder.lockWaits.get(0).attempt())
                    .as("looked, did not try")
                    .isZero();
            assertThat(database.<Long>value(
                            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass"))
                    .isZero();
            assertThat(migration).isNotDone();
            writer.release();
            migration.join();
        }
    }

    @Test
    void theBudgetEndsItNamingTheBlockerAndChangingNothing() {
        online.withLockPolicy(Duration.ofMillis(100), Duration.ofMillis(800));
        try (LockHolder writer = LockHolder.holdAs("stuck", database, "LOCK TABLE customers IN ROW EXCLUSIVE MODE")) {
            assertThatThrownBy(this::addForeignKey)
                    .isInstanceOfSatisfying(
                            LockNotAcquired.class,
                            e -> assertThat(e.blockers())
                                    .extracting(Blocker::pid)
                                    .containsExactly(writer.pid()))
                    .hasMessageContaining(
                            "no SHARE ROW EXCLUSIVE on public.orders, SHARE ROW EXCLUSIVE on public.customers within 800 ms")
                    .hasMessageContaining("stuck")
                    .hasMessageContaining("This step changed nothing");
        }
        assertThat(database.<Long>value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"))
                .isZero();
        assertThat(database.<String>value("SELECT state FROM expand_contract_operation"))
                .isEqualTo("failed");
        addForeignKey();
    }

    @Test
    void aFreshBlockerIsSeenWhileTheTryWaits() {
        online.withLockPolicy(Duration.ofMillis(400), Duration.ofSeconds(20));
        try (LockHolder writer = LockHolder.holdAs("fresh", database, "LOCK TABLE orders IN ROW EXCLUSIVE MODE")) {
            CompletableFuture<Void> migration = OwnThread.run(this::addForeignKey);
            Awaitility.await().until(() -> !online.recorder.lockWaits.isEmpty());

            LockWait first = online.recorder.lockWaits.get(0);
            assertThat(first.blockers()).extracting(Blocker::application).containsExactly("fresh");
            assertThat(first.attempt()).isEqualTo(1);
            writer.release();
            migration.join();
        }
    }

    @Test
    void aBlockerOfAnotherRoleIsNamedByItsPidAtLeast() throws SQLException {
        String owner = database.createRole("owner");
        database.execute(
                "ALTER TABLE orders OWNER TO " + owner,
                "ALTER TABLE customers OWNER TO " + owner,
                "GRANT CREATE ON SCHEMA public TO " + owner);
        online.withLockPolicy(Duration.ofMillis(200), Duration.ofSeconds(1));
        try (LockHolder writer = LockHolder.hold(database, "LOCK TABLE orders IN ROW EXCLUSIVE MODE");
                Connection connection = database.connectAs(owner)) {
            assertThatThrownBy(() -> online.run(connection, ADD_FOREIGN_KEY))
                    .isInstanceOf(LockNotAcquired.class)
                    .hasMessageContaining("pid " + writer.pid());
        }
    }

    @Test
    void anAutovacuumYieldsAndNobodyQueuesMeanwhile() {
        database.execute(
                "ALTER TABLE orders SET (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,"
                        + " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)",
                "INSERT INTO orders SELECT n, 1 FROM generate_series(101, 200000) n",
                "DELETE FROM orders WHERE id > 100",
                "ALTER SYSTEM SET autovacuum_naptime = '1s'",
                "ALTER SYSTEM SET autovacuum = on",
                "SELECT pg_reload_conf()");
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> database.<Boolean>value(
                                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' AND query LIKE '%public.orders%')"));
            try (Workload application = application()) {
                addForeignKey();
                assertThat(application.stop().slowest()).isLessThan(LOCK_TIMEOUT.plusMillis(200));
            }
            assertThat(online.recorder.lockWaits)
                    .isNotEmpty()
                    .allSatisfy(wait -> assertThat(wait.toString()).contains("autovacuum"));
        } finally {
            database.execute(
                    "ALTER SYSTEM RESET autovacuum_naptime",
                    "ALTER SYSTEM RESET autovacuum",
                    "SELECT pg_reload_conf()");
        }
    }

    @Test
    void aPreparedTransactionIsNamedAsTheHolder() {
        database.execute("BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE; PREPARE TRANSACTION 'forgotten'");
        online.withLockPolicy(Duration.ofMillis(100), Duration.ofMillis(300));
        try {
            assertThatThrownBy(this::addForeignKey)
                    .isInstanceOf(LockNotAcquired.class)
                    .hasMessageContaining("prepared transaction")
                    .hasMessageContaining("forgotten");
        } finally {
            database.execute("ROLLBACK PREPARED 'forgotten'");
        }
    }

    private Workload application() {
        return Workload.start(
                database,
                Workload.statement(
                        "reader", "SELECT count(*) FROM orders JOIN customers ON customers.id = customer_id"),
                Workload.statement("writer", "UPDATE orders SET customer_id = customer_id WHERE id = 50"),
                Workload.statement("customer-writer", "UPDATE customers SET id = id WHERE id = 50"));
    }

    private void addForeignKey() {
        online.run(
                "addForeignKey",
                "tableName",
                "orders",
                "columnNames",
                "customer_id",
                "referencedTableName",
                "customers");
    }
}
