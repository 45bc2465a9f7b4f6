package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class CreateIndexIT {
    private final TestDatabase database;
    private final Online online;

    CreateIndexIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
    }

    @Test
    void buildsAValidIndexNamedAsPostgresqlWould() {
        online.run("createIndex", "tableName", "orders", "columnNames", "customer_id, total");

        assertThat(definition("orders_customer_id_total_idx"))
                .isEqualTo(
                        "CREATE INDEX orders_customer_id_total_idx ON public.orders USING btree (customer_id, total)");
    }

    @Test
    void everyAttributeReachesPostgresql() {
        online.run(
                "createIndex",
                "tableName",
                "orders",
                "expressions",
                "lower(note) COLLATE \"C\" text_pattern_ops DESC NULLS LAST, customer_id",
                "indexName",
                "\"Every Thing\"",
                "isUnique",
                true,
                "method",
                "btree",
                "include",
                "total",
                "predicate",
                "note IS NOT NULL",
                "storage",
                "fillfactor=70",
                "tablespaceName",
                "pg_default");

        assertThat(definition("\"Every Thing\""))
                .isEqualTo("CREATE UNIQUE INDEX \"Every Thing\" ON public.orders USING btree"
                        + " (lower(note) COLLATE \"C\" text_pattern_ops DESC NULLS LAST, customer_id)"
                        + " INCLUDE (total) WITH (fillfactor='70') WHERE (note IS NOT NULL)");
        assertThat(online.recorder.done).hasSize(1);

        online.run(
                "createIndex",
                "tableName",
                "orders",
                "expressions",
                "lower(note) COLLATE \"C\" text_pattern_ops DESC NULLS LAST, customer_id",
                "indexName",
                "\"Every Thing\"",
                "isUnique",
                true,
                "include",
                "total",
                "predicate",
                "(note) IS NOT NULL",
                "storage",
                "fillfactor=70");
        assertThat(online.recorder.done)
                .as("the same definition, written otherwise")
                .hasSize(1);
    }

    @Test
    void anEqualIndexIsLeftAloneAndADifferentOneRefusedShowingBoth() {
        database.execute("CREATE INDEX orders_customer_id_idx ON orders (customer_id DESC)");

        assertThatThrownBy(() -> online.run("createIndex", "tableName", "orders", "columnNames", "customer_id"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("an index public.orders_customer_id_idx exists and differs")
                .hasMessageContaining("wanted: USING btree (customer_id int8_ops)")
                .hasMessageContaining("exists: USING btree (customer_id int8_ops DESC NULLS FIRST)");
        assertThat(database.<Boolean>value("SELECT to_regclass('expand_contract_operation') IS NULL"))
                .as("nothing of ours is left by a refusal")
                .isTrue();
    }

    @Test
    void anInvalidLeftoverIsDroppedAndBuiltAgain() {
        database.execute("INSERT INTO orders VALUES (0, 1, 1, 'twice'), (-1, 1, 1, 'twice')");
        assertThatThrownBy(() -> database.execute("CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)"));
        assertThat(database.<Boolean>value(
                        "SELECT NOT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass"))
                .isTrue();
        database.execute("DELETE FROM orders WHERE id = 0");

        online.run("createIndex", "tableName", "orders", "columnNames", "note", "isUnique", true);

        assertThat(online.recorder.done)
                .containsExactly(
                        "Drop the invalid index public.orders_note_idx that a failed build left",
                        "Build index public.orders_note_idx on public.orders");
        assertThat(database.<Boolean>value(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass"))
                .isTrue();
    }

    @Test
    void aBuildThatFailsLeavesNoInvalidIndexBehind() {
        database.execute("INSERT INTO orders VALUES (0, 1, 1, 'twice'), (-1, 1, 1, 'twice')");

        assertThatThrownBy(
                        () -> online.run("createIndex", "tableName", "orders", "columnNames", "note", "isUnique", true))
                .isInstanceOf(StepFailed.class)
                .hasMessageContaining("Build index public.orders_note_idx on public.orders failed")
                .hasMessageContaining("(note)=(twice) is duplicated")
                .hasMessageContaining("mend them");
        assertThat(database.<Boolean>value("SELECT to_regclass('orders_note_idx') IS NULL"))
                .isTrue();
        assertThat(database.<String>value("SELECT state || ': ' || step FROM expand_contract_operation"))
                .isEqualTo("failed: Build index public.orders_note_idx on public.orders");
    }

    @Test
    void waitsForAnOldSnapshotWithoutTimingOutAndNamesItsHolder() throws Exception {
        try (Connection connection = database.connectNamed("migration")) {
            connection.createStatement().execute("SET lock_timeout = '300ms'");
            try (LockHolder report = LockHolder.holdAs(
                    "nightly-report", database, "DECLARE report CURSOR FOR SELECT * FROM customers", "FETCH report")) {
                CompletableFuture<Void> build = OwnThread.run(() -> online.run(
                        connection, Online.operation("createIndex", "tableName", "orders", "columnNames", "total")));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> online.recorder.progress.stream()
                                .anyMatch(line ->
                                        line.contains("waiting for old snapshots") && line.contains("nightly-report")));
                assertThat(build).isNotDone();
                report.release();
                build.join();
            }
            assertThat(single(connection, "SHOW lock_timeout")).isEqualTo("300ms");
            assertThat(single(connection, "SHOW client_connection_check_interval"))
                    .isEqualTo("0");
        }
        assertThat(definition("orders_total_idx")).contains("(total)");
    }

    @Test
    void waitsForABuildWhoseClientWasKilledInsteadOfDroppingIt() throws Exception {
        try (LockHolder old =
                        LockHolder.hold(database, "DECLARE report CURSOR FOR SELECT * FROM customers", "FETCH report");
                Connection orphan = database.connectNamed("orphan")) {
            CompletableFuture<Void> build = OwnThread.run(
                    () -> execute(orphan, "CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total)"));
            Awaitility.await()
                    .until(
                            () -> database.<Boolean>value(
                                    "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid = to_regclass('orders_total_idx'))"));
            CompletableFuture<Void> second =
                    OwnThread.run(() -> online.run("createIndex", "tableName", "orders", "columnNames", "total"));
            Awaitility.await()
                    .until(() -> online.recorder.progress.stream().anyMatch(line -> line.contains("still running")));
            old.release();
            build.join();
            second.join();
        }
        assertThat(online.recorder.done)
                .containsExactly("Wait for a build of index public.orders_total_idx that is still running");
    }

    @Test
    void twoSessionsMayBuildOnOneTableAtOnce() {
        CompletableFuture<?>[] builds = IntStream.range(0, 6)
                .mapToObj(n -> OwnThread.run(() -> new Online(database)
                        .run("createIndex", "tableName", "orders", "columnNames", n % 2 == 0 ? "total" : "note")))
                .toArray(CompletableFuture<?>[]::new);

        CompletableFuture.allOf(builds).join();

        assertThat(definition("orders_total_idx")).contains("(total)");
        assertThat(definition("orders_note_idx")).contains("(note)");
        assertThat(database.<Long>value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"))
                .isZero();
    }

    @Test
    void anIndexThatNeedsTheTableItselfIsNotBuiltTwice() {
        Object[] attributes = {
            "tableName",
            "orders",
            "expressions",
            "(orders IS NULL)",
            "indexName",
            "whole_row",
            "predicate",
            "orders.total > 5"
        };
        online.run("createIndex", attributes);
        online.run("createIndex", attributes);

        assertThat(online.recorder.done).hasSize(1);
    }

    @Test
    void takenNamesAreRefused() {
        database.execute("CREATE INDEX taken ON customers (email)", "CREATE TABLE tabled (id int)");

        assertThatThrownBy(() ->
                        online.run("createIndex", "tableName", "orders", "columnNames", "total", "indexName", "taken"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("the name public.taken is taken by an index on public.customers");
        assertThatThrownBy(() ->
                        online.run("createIndex", "tableName", "orders", "columnNames", "total", "indexName", "tabled"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("taken by something that is not an index");
    }

    @Test
    void missingTablesAndColumnsAreReportedTogetherWithWhatThereIs() {
        database.execute("CREATE TABLE \"Orders\" (id int)");

        assertThatThrownBy(() -> online.run("createIndex", "tableName", "oders", "columnNames", "total"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("table oders does not exist");
        assertThatThrownBy(() -> online.run("createIndex", "tableName", "orders", "columnNames", "a, b, total"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining(
                        "column a of table public.orders does not exist; it has: id, customer_id, total, note")
                .hasMessageContaining("column b of table public.orders does not exist");
        database.execute("DROP TABLE orders");
        assertThatThrownBy(() -> online.run("createIndex", "tableName", "orders", "columnNames", "id"))
                .hasMessageContaining("there is public.\"Orders\"");
    }

    @Test
    void anInjectionThroughANameEndsAsAQuotedName() {
        database.execute("CREATE TABLE \"x; DROP TABLE orders\" (\"a b\" int)");

        online.run("createIndex", "tableName", "x; DROP TABLE orders", "columnNames", "\"a b\"", "indexName", "i) --");

        assertThat(definition("\"i) --\"")).contains("\"x; DROP TABLE orders\"");
        assertThat(database.<Long>value("SELECT count(*) FROM orders")).isEqualTo(1000);
    }

    @Test
    void worksInASchemaThatNeedsQuotes() {
        database.execute("CREATE SCHEMA \"My Shop\"", "CREATE TABLE \"My Shop\".\"Order\" (\"Select\" int)");

        online.run("createIndex", "tableName", "\"My Shop\".\"Order\"", "columnNames", "\"Select\"");

        assertThat(definition("\"My Shop\".\"Order_Select_idx\"")).contains("(\"Select\")");
    }

    @Test
    void undoDropsIt() {
        online.run("createIndex", "tableName", "orders", "columnNames", "total");
        online.undo("createIndex", "tableName", "orders", "columnNames", "total");

        assertThat(database.<Boolean>value("SELECT to_regclass('orders_total_idx') IS NULL"))
                .isTrue();
    }

    private String definition(String index) {
        return database.value("SELECT pg_get_indexdef(?::regclass)", index);
    }

    private static void execute(Connection connection, String sql) {
        try {
            connection.createStatement().execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String single(Connection connection, String sql) throws SQLException {
        try (var row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
