package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.error.UnsupportedServer;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class RunnerIT {
    private static final Host FLYWAY = new Host("flyway", "public.flyway_schema_history");

    private final TestDatabase database;
    private final Online online;

    RunnerIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, n int NOT NULL DEFAULT 0)",
                "INSERT INTO orders SELECT n, n FROM generate_series(1, 500) n");
    }

    @Test
    void everySettingOfALentConnectionIsAsBefore() throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, "SET lock_timeout = '7s'; SET statement_timeout = '9s'; SET search_path = public");
            List<List<String>> before = settings(connection);

            online.run(connection, Online.operation("createIndex", "tableName", "orders", "columnNames", "n"));
            online.run(
                    connection,
                    Online.operation("addCheck", "tableName", "orders", "condition", "n >= 0", "constraintName", "c"));
            online.run(connection, Online.operation("backfill", "tableName", "orders", "set", "n = n + 1"));
            assertThatThrownBy(() -> online.run(
                            connection,
                            Online.operation(
                                    "addCheck", "tableName", "orders", "condition", "n > 5", "constraintName", "d")))
                    .isInstanceOf(StepFailed.class);

            assertThat(settings(connection)).isEqualTo(before);
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Test
    void theStateTableSaysWhatRanForWhomAndIsCommented() {
        online.as(new Origin(FLYWAY, "V7__index.sql", 2)).run("createIndex", "tableName", "orders", "columnNames", "n");

        assertThat(
                        database.rows(
                                "SELECT operation, attributes::text, host, migration, position, state, finished_at >= started_at FROM expand_contract_operation"))
                .containsExactly(List.of(
                        "createIndex",
                        "{\"tableName\": \"orders\", \"columnNames\": \"n\"}",
                        "flyway",
                        "V7__index.sql",
                        2,
                        "done",
                        true));
        assertThat(database.rows("""
                        SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                        WHERE c.relname LIKE 'expand_contract%' AND c.relkind = 'r' AND a.attnum > 0
                          AND col_description(a.attrelid, a.attnum) IS NULL
                        """)).as("columns without a comment").isEmpty();
    }

    @Test
    void aStatementThatTheCatalogueCannotShowIsRunOnceForItsMigration() {
        online.as(new Origin(FLYWAY, "V1__x.sql", 1));

        online.run("sql", "sql", "UPDATE orders SET n = n + 1");
        online.run("sql", "sql", "UPDATE orders SET n = n + 1");
        assertThat(sum()).isEqualTo(500);

        online.as(new Origin(FLYWAY, "V2__x.sql", 1)).run("sql", "sql", "UPDATE orders SET n = n + 1");
        assertThat(sum()).as("another migration").isEqualTo(1000);
    }

    @Test
    void aStatementChangedAfterItWasDoneIsRefused() {
        online.as(new Origin(FLYWAY, "V1__x.sql", 1));
        online.run("sql", "sql", "UPDATE orders SET n = n + 1");

        assertThatThrownBy(() -> online.run("sql", "sql", "UPDATE orders SET n = n + 2"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("flyway:V1__x.sql#1 was run before, in another form")
                .hasMessageContaining("n = n + 1");
        assertThat(sum()).isEqualTo(500);
    }

    @Test
    void whatWasThereBeforeAMigrationIsNotTakenAwayByItsRollback() {
        database.execute("CREATE INDEX orders_n_idx ON orders (n)");
        online.as(new Origin(new Host("liquibase", "public.databasechangelog"), "changelog.yaml::1::shop", 0));

        online.run("createIndex", "tableName", "orders", "columnNames", "n");
        online.undo("createIndex", "tableName", "orders", "columnNames", "n");
        assertThat(database.<Boolean>value("SELECT to_regclass('orders_n_idx') IS NOT NULL"))
                .as("it was there before")
                .isTrue();

        database.execute("DROP INDEX orders_n_idx");
        online.run("createIndex", "tableName", "orders", "columnNames", "n");
        online.undo("createIndex", "tableName", "orders", "columnNames", "n");
        assertThat(database.<Boolean>value("SELECT to_regclass('orders_n_idx') IS NULL"))
                .as("it was made by the migration")
                .isTrue();
    }

    @Test
    void aStateTableOfAnotherLayoutIsNamedBeforeAnythingRuns() {
        database.execute("CREATE TABLE expand_contract_operation (id int)");

        assertThatThrownBy(() -> online.run("createIndex", "tableName", "orders", "columnNames", "n"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("public.expand_contract_operation has a layout that this release does not know");
        assertThat(database.<Boolean>value("SELECT to_regclass('orders_n_idx') IS NULL"))
                .isTrue();
    }

    /** Two tenants with a history of their own each, and one schema for our notes. */
    @Test
    void whatOneHistoryIsKnownToHoldSaysNothingOfAnother() throws SQLException {
        Host other = new Host("flyway", "tenant.flyway_schema_history");
        online.as(new Origin(FLYWAY, "V1__x.sql", 1)).run("sql", "sql", "UPDATE orders SET n = n + 1");
        online.as(new Origin(other, "V1__x.sql", 1)).run("sql", "sql", "UPDATE orders SET n = n + 1");
        assertThat(sum()).as("each ran its own").isEqualTo(1000);

        try (Connection connection = database.connect()) {
            Runner runner = new Runner(Settings.defaults(), online.recorder);
            runner.recorded(online.target(connection), other, null);
            assertThat(runner.unrecorded(online.target(connection), other)).isEmpty();
            assertThat(runner.unrecorded(online.target(connection), FLYWAY)).containsExactly("V1__x.sql");
        }
    }

    @Test
    void onceTheHostHasRecordedAMigrationALaterRunBeginsAnew() throws SQLException {
        online.as(new Origin(FLYWAY, "R__x.sql", 1));
        online.run("sql", "sql", "UPDATE orders SET n = n + 1");
        try (Connection connection = database.connect()) {
            Runner runner = new Runner(Settings.defaults(), online.recorder);
            assertThat(runner.unrecorded(online.target(connection), FLYWAY)).containsExactly("R__x.sql");
            runner.recorded(online.target(connection), FLYWAY, List.of("R__x.sql"));
            assertThat(runner.unrecorded(online.target(connection), FLYWAY)).isEmpty();
        }

        online.run("sql", "sql", "UPDATE orders SET n = n + 1");

        assertThat(sum()).isEqualTo(1000);
    }

    @Test
    void aBackfillOfARecordedMigrationRunsAgainAndOfAnInterruptedOneDoesNot() throws SQLException {
        online.as(new Origin(FLYWAY, "R__fill.sql", 1));
        online.run("backfill", "tableName", "orders", "set", "n = n + 1");
        online.run("backfill", "tableName", "orders", "set", "n = n + 1");
        assertThat(sum()).as("not recorded yet: the same run").isEqualTo(500);
        try (Connection connection = database.connect()) {
            new Runner(Settings.defaults(), online.recorder).recorded(online.target(connection), FLYWAY, null);
        }

        online.run("backfill", "tableName", "orders", "set", "n = n + 1");

        assertThat(sum()).isEqualTo(1000);
    }

    @Test
    void aBackfillWithBadRowsFailsUntilTheyAreMendedAndThenTriesOnlyThese() throws SQLException {
        online.as(new Origin(FLYWAY, "V1__fill.sql", 1));
        database.execute("ALTER TABLE orders ADD CONSTRAINT refused CHECK (n = 0 OR id <> 100) NOT VALID");

        assertThatThrownBy(() -> online.run("backfill", "tableName", "orders", "set", "n = n + 1"))
                .hasMessageContaining("finished but for 1 rows, which could not be changed; 499 rows were")
                .hasMessageContaining("SELECT failed_row, error FROM")
                .hasMessageContaining("run the same again, or backfill run orders.n: it tries only these");
        assertThat(sum()).isEqualTo(499);
        database.execute("ALTER TABLE orders DROP CONSTRAINT refused");

        online.run("backfill", "tableName", "orders", "set", "n = n + 1");

        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE n = 1"))
                .isEqualTo(500);
    }

    @Test
    void aFailingStatementIsRolledBackWholeAndSaysWhatToDo() {
        assertThatThrownBy(() -> online.run("sql", "sql", "ALTER TABLE orders ADD x int; SELECT 1 / 0"))
                .isInstanceOf(StepFailed.class)
                .hasMessageContaining("division by zero")
                .hasMessageContaining("The step was rolled back");
        assertThat(database.<Long>value(
                        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'x'"))
                .isZero();
    }

    @Test
    void statementsThatWouldEndTheTransactionAreRefusedBeforeAnythingRuns() {
        for (String control : List.of("COMMIT", "rollback work", "BEGIN", "END", "PREPARE TRANSACTION")) {
            assertThatThrownBy(() -> online.run("sql", "sql", "CREATE TABLE x (); " + control + " ; DROP TABLE orders"))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("sql must not control the transaction")
                    .hasMessageContaining(control);
        }
        assertThatThrownBy(() -> online.run("sql", "sql", "SELECT 1", "rollback", "SELECT 1; COMMIT"))
                .hasMessageContaining("rollback must not control the transaction");
        online.run("sql", "sql", "SAVEPOINT s; UPDATE orders SET n = 7; ROLLBACK TO SAVEPOINT s");
        online.run(
                "sql",
                "sql",
                "CREATE FUNCTION total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(n) FROM orders; END");
        assertThat(sum()).isZero();
        assertThat(database.<Boolean>value("SELECT to_regclass('x') IS NULL AND to_regproc('total') IS NOT NULL"))
                .isTrue();
    }

    @Test
    void aRoleThatDoesNotOwnTheTableIsToldSo() throws SQLException {
        String role = database.createRole("app");
        database.execute(
                "GRANT CREATE, USAGE ON SCHEMA public TO " + role,
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
        try (Connection connection = database.connectAs(role)) {
            assertThatThrownBy(() -> online.run(
                            connection, Online.operation("createIndex", "tableName", "orders", "columnNames", "n")))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("must be owner of table orders")
                    .hasMessageContaining("Run migrations as the role that owns the table");
        }
        assertThat(database.<Boolean>value("SELECT to_regclass('orders_n_idx') IS NULL"))
                .isTrue();
    }

    @Test
    void aRoleThatMayNotMakeTheStateTableIsToldHow() throws SQLException {
        String role = database.createRole("app");
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", "ALTER TABLE orders OWNER TO " + role);
        database.execute("REVOKE CREATE ON SCHEMA public FROM " + role);
        try (Connection connection = database.connectAs(role)) {
            assertThatThrownBy(() -> online.run(
                            connection, Online.operation("createIndex", "tableName", "orders", "columnNames", "n")))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining(
                            "Grant it CREATE on schema public, or name another schema by expandcontract.schema");
        }
    }

    @Test
    void theOwnerOfTheTablesNeedsNoMoreRights() throws SQLException {
        String role = database.createRole("app");
        database.execute("GRANT CREATE, USAGE ON SCHEMA public TO " + role, "ALTER TABLE orders OWNER TO " + role);
        try (Connection connection = database.connectAs(role)) {
            online.run(connection, Online.operation("createIndex", "tableName", "orders", "columnNames", "n"));
            online.run(connection, Online.operation("addNotNull", "tableName", "orders", "columnName", "n"));
            online.run(
                    connection,
                    Online.operation("addCheck", "tableName", "orders", "condition", "n >= 0", "constraintName", "c"));
            online.run(
                    connection,
                    Online.operation("addCheck", "tableName", "orders", "condition", "n >= 0", "constraintName", "c"));
            online.run(connection, Online.operation("backfill", "tableName", "orders", "set", "n = n + 1"));
        }
        assertThat(sum()).isEqualTo(500);
    }

    @Test
    void anOpenTransactionIsNotOursToCommit() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> online.run(connection, Online.operation("sql", "sql", "SELECT 1")))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("autocommit");
        }
    }

    @Test
    void aTransactionThatTheDriverDoesNotKnowOfIsNotOursToCommit() throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, "BEGIN; UPDATE orders SET n = 7 WHERE id = 1");
            assertThatThrownBy(() -> online.run(connection, Online.operation("sql", "sql", "SELECT 1")))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("autocommit");
            execute(connection, "ROLLBACK");
        }
        assertThat(sum()).isZero();
    }

    @Test
    void planningInsideATransactionLeavesItAsItIs() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            execute(connection, "UPDATE orders SET n = 7 WHERE id = 1");

            Online.operation("addCheck", "tableName", "orders", "condition", "n >= 0", "constraintName", "c")
                    .plan(Catalog.of(connection));

            connection.commit();
        }
        assertThat(sum()).isEqualTo(7);
    }

    @Test
    void olderServersAreRefusedAndNewerOnesWarnedAbout() {
        assertThatThrownBy(() -> Server.check("PostgreSQL", 13, online.recorder))
                .isInstanceOf(UnsupportedServer.class)
                .hasMessageContaining("need PostgreSQL 14 or newer; this is PostgreSQL 13");
        assertThatThrownBy(() -> Server.check("H2", 2, online.recorder)).isInstanceOf(UnsupportedServer.class);
        Server.check("PostgreSQL", 19, online.recorder);
        assertThat(online.recorder.warnings).singleElement().asString().contains("newer than");
    }

    @Test
    void twoSessionsMayMakeTheStateTableAtOnce() {
        CompletableFuture<?>[] runs = IntStream.range(0, 6)
                .mapToObj(n -> OwnThread.run(() -> new Online(database)
                        .as(new Origin(FLYWAY, "V" + n, 1))
                        .run("sql", "sql", "UPDATE orders SET n = n + 1 WHERE id = " + (n + 1))))
                .toArray(CompletableFuture<?>[]::new);

        CompletableFuture.allOf(runs).join();

        assertThat(sum()).isEqualTo(6);
    }

    private long sum() {
        return database.<Long>value("SELECT sum(n) FROM orders");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<List<String>> settings(Connection connection) throws SQLException {
        List<List<String>> settings = new java.util.ArrayList<>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT name, setting FROM pg_settings ORDER BY name")) {
            while (rows.next()) {
                settings.add(List.of(rows.getString(1), String.valueOf(rows.getString(2))));
            }
        }
        return settings;
    }
}
