package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Step;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** createIndex while somebody else builds, or has failed to build, an index of that name. */
@PostgresTest
class BesideAnotherBuildIT {
    private static final String IN_PROGRESS =
            "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('x_idx') AND NOT indisvalid)";

    private final TestDatabase database;
    private final Online online;

    BesideAnotherBuildIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void waitsForABuildOfAnotherRoleWhoseProgressItMayNotSee() throws SQLException {
        String role = database.createRole("owner");
        database.execute("ALTER TABLE orders OWNER TO " + role);
        try (LockHolder old = oldSnapshot();
                Connection dba = database.connect();
                Connection migration = database.connectAs(role)) {
            CompletableFuture<Void> build = startBuild(dba, "customer_id");
            CompletableFuture<Void> ours = OwnThread.run(() -> online.run(migration, createIndex("customer_id")));
            Awaitility.await()
                    .until(() -> online.recorder.progress.stream().anyMatch(line -> line.contains("still running")));
            long building = oid();
            old.release();
            build.join();
            ours.join();

            assertThat(oid()).isEqualTo(building);
            assertThat(online.recorder.done)
                    .containsExactly("Wait for a build of index public.x_idx that is still running");
        }
    }

    /** A build gives its lock back before it commits; who waits for the lock may get it in between. */
    @RepeatedTest(5)
    void dropsNothingThatIsCompletedWhileItWaitsForItsLock() throws SQLException {
        try (LockHolder old = oldSnapshot();
                Connection dba = database.connect()) {
            execute(dba, "SET track_activities = off");
            CompletableFuture<Void> build = startBuild(dba, "customer_id");
            CompletableFuture<Void> ours = OwnThread.run(() -> online.run(createIndex("customer_id")));
            Awaitility.await().until(() -> !online.recorder.lockWaits.isEmpty());
            long building = oid();
            old.release();
            build.join();
            ours.join();

            assertThat(oid()).isEqualTo(building);
            assertThat(database.<Boolean>value(IN_PROGRESS)).isFalse();
        }
    }

    @Test
    void aBuildCancelledBehindAnotherOfThatNameLeavesTheOtherAlone() throws SQLException {
        try (LockHolder old = oldSnapshot();
                LockHolder table = LockHolder.hold(database, "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE");
                Connection dba = database.connect()) {
            execute(dba, "SET deadlock_timeout = '1min'");
            CompletableFuture<Void> build =
                    OwnThread.run(() -> execute(dba, "CREATE INDEX CONCURRENTLY x_idx ON orders (customer_id)"));
            awaitWaiter("CREATE INDEX");
            CompletableFuture<Void> ours = OwnThread.run(() -> online.run(createIndex("customer_id")));
            Awaitility.await()
                    .until(() -> database.<Long>value("SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'")
                            == 2);
            table.release();
            Awaitility.await().until(() -> database.value(IN_PROGRESS));
            long building = oid();
            database.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'migration' AND query LIKE 'CREATE INDEX%'");

            assertThatThrownBy(ours::join).hasMessageContaining("Build index public.x_idx");
            old.release();
            build.join();
            assertThat(oid()).isEqualTo(building);
        }
    }

    @Test
    void anotherIndexOfThatNameInTheMakingIsRefusedBeforeItIsWaitedFor() throws SQLException {
        try (LockHolder old = oldSnapshot();
                Connection dba = database.connect()) {
            CompletableFuture<Void> build = startBuild(dba, "total DESC");

            assertThatThrownBy(() -> online.run(createIndex("customer_id")))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("an index public.x_idx is being built and differs")
                    .hasMessageContaining("wanted: USING btree (customer_id int8_ops)")
                    .hasMessageContaining("exists: USING btree (total numeric_ops DESC NULLS FIRST)");
            old.release();
            build.join();
        }
    }

    @Test
    void anotherIndexThatTakesTheNameAfterPlanningIsNotTakenForOurs() throws SQLException {
        try (LockHolder table = LockHolder.hold(database, "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")) {
            CompletableFuture<Void> ours = OwnThread.run(() -> online.run(createIndex("customer_id")));
            awaitWaiter("CREATE INDEX");
            database.execute("CREATE INDEX x_idx ON customers (email)");
            table.release();

            assertThatThrownBy(ours::join)
                    .hasMessageContaining("Build index public.x_idx on public.orders failed")
                    .hasMessageContaining("run this again, and what has it is compared with what is asked for");
        }
        assertThat(database.<String>value("SELECT pg_get_indexdef('x_idx'::regclass)"))
                .contains("customers");
    }

    @Test
    void onlyTheIndexThatIsAskedForCountsAsBuilt() throws SQLException {
        try (Connection connection = database.connect()) {
            Step build = createIndex("customer_id")
                    .plan(Catalog.of(connection))
                    .steps()
                    .get(2);
            String isDone = "SELECT " + ((DoneWhen.Catalogue) build.doneWhen()).sql();

            database.execute("CREATE INDEX x_idx ON orders (customer_id DESC)");
            assertThat(database.<Boolean>value(isDone)).isFalse();
            database.execute("DROP INDEX x_idx", "CREATE INDEX x_idx ON orders (customer_id)");
            assertThat(database.<Boolean>value(isDone)).isTrue();
        }
    }

    @Test
    void aLeftoverThatAKilledRunHadSetAsideIsDropped() {
        database.execute("INSERT INTO orders VALUES (0, 1, 1, 'twice'), (-1, 1, 1, 'twice')");
        for (String index : new String[] {"x_idx", "x_idx_expand_contract_leftover"}) {
            assertThatThrownBy(
                    () -> database.execute("CREATE UNIQUE INDEX CONCURRENTLY " + index + " ON orders (note)"));
        }

        online.run(createIndex("customer_id"));

        assertThat(database.<Long>value(
                        "SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass AND NOT indisprimary"))
                .isEqualTo(1);
        assertThat(database.<Boolean>value(IN_PROGRESS)).isFalse();
    }

    private static Operation createIndex(String columns) {
        return Online.operation("createIndex", "tableName", "orders", "columnNames", columns, "indexName", "x_idx");
    }

    /** It keeps a concurrent build from ending. */
    private LockHolder oldSnapshot() {
        return LockHolder.hold(database, "DECLARE report CURSOR FOR SELECT * FROM customers", "FETCH report");
    }

    private CompletableFuture<Void> startBuild(Connection connection, String columns) {
        CompletableFuture<Void> build =
                OwnThread.run(() -> execute(connection, "CREATE INDEX CONCURRENTLY x_idx ON orders (" + columns + ")"));
        Awaitility.await().until(() -> database.value(IN_PROGRESS));
        return build;
    }

    private void awaitWaiter(String... statements) {
        Awaitility.await()
                .until(() -> database.<Boolean>value(
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE ANY (?::text[])"
                                + " AND wait_event_type = 'Lock')",
                        (Object) java.util.Arrays.stream(statements)
                                .map(statement -> "%" + statement + "%")
                                .toArray(String[]::new)));
    }

    private long oid() {
        return database.<Long>value("SELECT to_regclass('x_idx')::oid::bigint");
    }

    private static void execute(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
