package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@PostgresTest
class LockPolicyIT {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private static final Operation ADD_FOREIGN_KEY = Online.operation(
            "addForeignKey", "tableName", "orders", "columnNames", "customer_id", "referencedTableName", "customers");

    private static final Operation ADD_CHECK = Online.operation(
            "addCheck", "tableName", "orders", "condition", "id > 0", "constraintName", "orders_positive");

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
    @Tag("slow")
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
                    .as("for a moment it may be somebody of the application as well")
                    .anySatisfy(wait -> assertThat(wait.toString()).contains("slow-writer"));
        }
        assertThat(database.<Boolean>value(
                        "SELECT convalidated FROM pg_constraint WHERE conname = 'orders_customer_id_fkey'"))
                .isTrue();
    }

    @Test
    void anOldTransactionIsWaitedForWithoutQueueingBehindIt() {
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET customer_id = 2 WHERE id = 1")) {
            awaitOld(writer);
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
        anAutovacuumYieldsTo(this::addForeignKey);
    }

    @Test
    void anAutovacuumYieldsToARoleThatMayNotLookAtIt() throws SQLException {
        String owner = database.createRole("owner");
        database.execute("ALTER TABLE orders OWNER TO " + owner, "ALTER TABLE customers OWNER TO " + owner);
        try (Connection connection = database.connectAs(owner)) {
            anAutovacuumYieldsTo(() -> online.run(connection, ADD_FOREIGN_KEY));
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

    @Test
    void aTableThatInheritsIsWaitedForLikeItsParent() {
        database.execute("CREATE TABLE old_orders () INHERITS (orders)");
        try (LockHolder reader = LockHolder.holdAs("report", database, "SELECT FROM old_orders")) {
            awaitOld(reader);
            CompletableFuture<Void> migration = OwnThread.run(this::addCheck);
            Awaitility.await().until(() -> !online.recorder.lockWaits.isEmpty());

            LockWait first = online.recorder.lockWaits.get(0);
            assertThat(first.attempt()).as("looked, did not try").isZero();
            assertThat(first.blockers()).extracting(Blocker::application).containsExactly("report");
            reader.release();
            migration.join();
        }
    }

    @Test
    @Tag("slow")
    void severalLocksOneAfterTheOtherDelayTheApplicationNoLongerThanOne() {
        database.execute(
                "CREATE TABLE o1 () INHERITS (orders)",
                "CREATE TABLE o2 () INHERITS (orders)",
                "CREATE TABLE o3 () INHERITS (orders)");
        try (Workload application =
                        Workload.start(database, Workload.statement("reader", "SELECT FROM ONLY orders LIMIT 1"));
                LockHolder one = LockHolder.hold(database, "SELECT FROM o1");
                LockHolder two = LockHolder.hold(database, "SELECT FROM o2");
                LockHolder three = LockHolder.hold(database, "SELECT FROM o3")) {
            CompletableFuture<?> releases = CompletableFuture.allOf(
                    one.releaseAfter(Duration.ofMillis(800)),
                    two.releaseAfter(Duration.ofMillis(1600)),
                    three.releaseAfter(Duration.ofMillis(2400)));

            addCheck();

            releases.join();
            assertThat(application.stop().slowest()).isLessThan(LOCK_TIMEOUT.plusMillis(200));
        }
    }

    @Test
    @Tag("slow")
    void aTryWhoseLocksNobodyCouldForeseeIsEndedAfterTheLockTimeoutAsAWhole() {
        database.execute("CREATE TABLE a ()", "CREATE TABLE b ()", "CREATE TABLE c ()");
        try (Workload application =
                        Workload.start(database, Workload.statement("reader", "SELECT FROM orders LIMIT 1"));
                LockHolder a = LockHolder.hold(database, "SELECT FROM a");
                LockHolder b = LockHolder.hold(database, "SELECT FROM b");
                LockHolder c = LockHolder.holdAs("last", database, "SELECT FROM c")) {
            CompletableFuture<?> releases = CompletableFuture.allOf(
                    a.releaseAfter(Duration.ofMillis(800)),
                    b.releaseAfter(Duration.ofMillis(1600)),
                    c.releaseAfter(Duration.ofMillis(2400)));

            online.run(
                    "sql",
                    "sql",
                    "DO $$ BEGIN LOCK orders; LOCK a; LOCK b; LOCK c; EXECUTE 'ALTER TABLE orders ADD x int'; END $$");

            releases.join();
            assertThat(application.stop().slowest()).isLessThan(LOCK_TIMEOUT.plusMillis(200));
            assertThat(online.recorder.lockWaits).isNotEmpty();
        }
    }

    @Test
    void aCancelOfSomebodyElseIsNoLockTimeout() {
        online.withLockPolicy(LOCK_TIMEOUT, Duration.ofSeconds(10));
        try (LockHolder reader = LockHolder.hold(database, "SELECT FROM orders")) {
            CompletableFuture<Void> migration = OwnThread.run(this::addCheck);
            Awaitility.await()
                    .until(() -> database.<Boolean>value(
                            "SELECT count(pg_cancel_backend(pid)) > 0 FROM pg_locks WHERE NOT granted"
                                    + " AND relation = 'orders'::regclass"));

            assertThatThrownBy(migration::join)
                    .hasCauseInstanceOf(StepFailed.class)
                    .hasMessageContaining("canceling statement due to user request");
            reader.release();
        }
    }

    @Test
    void withoutPgMonitorAHolderOfAnotherRoleIsWaitedForWithoutQueueingToo() throws SQLException {
        String owner = database.createRole("owner");
        database.execute("ALTER TABLE orders OWNER TO " + owner);
        try (Workload application =
                        Workload.start(database, Workload.statement("reader", "SELECT FROM orders LIMIT 1"));
                LockHolder reader = LockHolder.hold(database, "SELECT FROM orders");
                Connection connection = database.connectAs(owner)) {
            awaitOld(reader);
            CompletableFuture<Void> release = reader.releaseAfter(Duration.ofMillis(1500));

            online.run(connection, ADD_CHECK);

            release.join();
            assertThat(application.stop().slowest()).isLessThan(Duration.ofMillis(500));
            assertThat(online.recorder.lockWaits)
                    .isNotEmpty()
                    .allSatisfy(wait -> assertThat(wait.attempt()).isZero());
            assertThat(online.recorder.warnings).singleElement().asString().contains("GRANT pg_monitor");
        }
    }

    @Test
    void whateverAnAttemptThrowsIsTakenBack() throws SQLException {
        LockPolicy policy = new LockPolicy(Settings.defaults(), online.recorder, Ticker.system(), new Random());
        try (Connection connection = database.connect();
                Observer observer = new Observer(null)) {
            ShortTransaction attempt = new ShortTransaction(connection, List.of("ALTER TABLE orders ADD x int"), () -> {
                throw new IllegalStateException("no note");
            });

            assertThatThrownBy(() -> policy.run("Add x", List.of(), connection, observer, attempt))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(database.<Long>value("SELECT count(*) FROM pg_attribute WHERE attname = 'x'"))
                    .isZero();
        }
    }

    private void anAutovacuumYieldsTo(Runnable migration) {
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
                migration.run();
                assertThat(application.stop().slowest()).isLessThan(LOCK_TIMEOUT.plusMillis(200));
            }
            assertThat(online.recorder.lockWaits)
                    .anySatisfy(wait -> assertThat(wait.toString()).contains("autovacuum"));
        } finally {
            database.execute(
                    "ALTER SYSTEM RESET autovacuum_naptime",
                    "ALTER SYSTEM RESET autovacuum",
                    "SELECT pg_reload_conf()");
        }
    }

    private void awaitOld(LockHolder holder) {
        Awaitility.await()
                .until(() -> database.<Boolean>value(
                        "SELECT clock_timestamp() - xact_start > interval '1.1 s' FROM pg_stat_activity WHERE pid = ?",
                        holder.pid()));
    }

    private void addCheck() {
        online.run(ADD_CHECK);
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
