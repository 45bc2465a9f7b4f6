package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.run.StateTables;
import dev.expandcontract.sql.Identifier;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.command.CommandScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Online changes in the life of a project. */
@PostgresTest
class OnlineChangesIT {
    private static final Duration LIMIT = Duration.ofMillis(1200);
    private static final String FOREIGN_KEY =
            "onlineAddForeignKey: {tableName: orders, columnNames: customer_id, referencedTableName: customers}";
    private static final String INCREMENT = "onlineBackfill: {tableName: orders, set: total = total + 1}";

    private final TestDatabase database;
    private final Path directory;
    private final Project project;

    OnlineChangesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.directory = directory;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute("""
                CREATE TABLE customers (id bigint PRIMARY KEY);
                CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric);
                INSERT INTO customers SELECT n FROM generate_series(1, 100) n;
                INSERT INTO orders SELECT n, n, n FROM generate_series(1, 100) n""");
    }

    @Test
    void aWriterDelaysAForeignKeyButNobodyWaitsForIt() throws Exception {
        project.change(FOREIGN_KEY);
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET total = 0 WHERE id = 1");
                Workload shop = Workload.start(
                        database,
                        Workload.statement("reader", "SELECT count(*) FROM orders"),
                        Workload.statement("writer", "UPDATE orders SET total = total + 1 WHERE id = 2"),
                        Workload.statement("customers", "UPDATE customers SET id = id WHERE id = 3"))) {
            CompletableFuture<Void> released = writer.releaseAfter(Duration.ofSeconds(4));
            project.update();
            released.join();
            Report report = shop.stop();
            assertThat(report.slowest()).as(report.toString()).isLessThan(LIMIT);
            assertThat(report.errors()).isEmpty();
        }
        assertThat(database.<Boolean>value("SELECT convalidated FROM pg_constraint WHERE contype = 'f'"))
                .isTrue();
    }

    @Test
    void aBorrowedConnectionComesBackAsItWas() throws Exception {
        project.change(FOREIGN_KEY);
        String settings = "SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings"
                + " WHERE name IN ('lock_timeout', 'statement_timeout', 'search_path', 'client_connection_check_interval')";
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET lock_timeout = '3s'; SET statement_timeout = '1h'; SET search_path = public, pg_temp");
            String before = first(statement, settings);
            project.run(connection, liquibase -> liquibase.update(new Contexts()));
            assertThat(first(statement, settings)).isEqualTo(before);
        }
    }

    @Test
    void namesAreFoundInTheDefaultSchemaAndTheStateIsKeptThere() throws Exception {
        database.execute(
                "CREATE SCHEMA sales",
                "CREATE TABLE sales.orders (id bigint PRIMARY KEY, total numeric)",
                "INSERT INTO sales.orders VALUES (1, 1)");
        project.defaultSchema("sales")
                .changelog(
                        "changelog.yaml",
                        "databaseChangeLog:\n"
                                + Project.changeSet(1, "onlineAddNotNull: {tableName: orders, columnName: total}")
                                + Project.changeSet(2, "onlineSql: {sql: CREATE TABLE notes (id bigint)}")
                                + Project.changeSet(3, INCREMENT));

        project.update();

        assertThat(database.rows("SELECT attrelid::regclass::text FROM pg_attribute"
                        + " WHERE attname = 'total' AND attnotnull"))
                .hasToString("[[sales.orders]]");
        assertThat(
                        database.rows(
                                "SELECT relnamespace::regnamespace::text FROM pg_class"
                                        + " WHERE relname IN ('notes', 'databasechangelog', 'expand_contract_operation', 'expand_contract_backfill', 'expand_contract_backfill_range')"))
                .hasToString("[[sales], [sales], [sales], [sales], [sales]]");
        assertThat(database.rows(
                        "SELECT (SELECT sum(total) FROM sales.orders), (SELECT sum(total) FROM public.orders)"))
                .hasToString("[[2, 5050]]");
    }

    @Test
    void aDeletedHistoryRowMeansRunItAgain() throws Exception {
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n"
                        + Project.changeSet(
                                1, "onlineSql: {sql: INSERT INTO customers SELECT max(id) + 1 FROM customers}")
                        + Project.changeSet(2, INCREMENT));
        project.update();
        assertThat(rowsAndTotal()).hasToString("[[101, 5150]]");

        database.execute("DELETE FROM databasechangelog");
        project.update();

        assertThat(rowsAndTotal()).hasToString("[[102, 5250]]");
    }

    @Test
    void aRollbackBlockOfOnlineChangesIsRunAsOften() throws Exception {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 1
                    author: shop
                    runInTransaction: false
                    changes:
                      - onlineSql: {sql: INSERT INTO customers VALUES (1000)}
                    rollback:
                      - onlineSql: {sql: DELETE FROM customers WHERE id = 1000}
                """);
        for (int times = 0; times < 2; times++) {
            project.update();
            assertThat(database.<Long>value("SELECT count(*) FROM customers")).isEqualTo(101);
            project.rollback();
            assertThat(database.<Long>value("SELECT count(*) FROM customers")).isEqualTo(100);
        }
    }

    @Test
    void aBackfillInTheBackgroundIsRegisteredForOthersWhoAreNamed() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        project.change(INCREMENT.replace("}", ", mode: background}"));
        Logger root = Logger.getLogger("");
        Level before = root.getLevel();
        root.addHandler(handler);
        root.setLevel(Level.INFO);
        try {
            project.update();
        } finally {
            root.setLevel(before);
            root.removeHandler(handler);
        }

        assertThat(database.<String>value("SELECT state FROM expand_contract_backfill"))
                .isEqualTo("registered");
        assertThat(lines)
                .anyMatch(line -> line.contains("Backfill orders.total of public.orders is registered")
                        && line.contains("nothing runs it by itself; run `backfill work`"));
        project.update();
        new BackfillWorker(new BackfillEngine(new Identifier("public")), database::connect).runAll();
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n"
                        + Project.changeSet(1, INCREMENT.replace("}", ", mode: background}"))
                        + Project.changeSet(2, "onlineAwaitBackfill: {backfillName: orders.total, timeout: 10s}"));
        project.update();
        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE total = id + 1"))
                .isEqualTo(100);
    }

    @Test
    void rollbacksAreWrittenAsSqlToo() throws Exception {
        project.change(FOREIGN_KEY);
        assertThat(project.futureRollbackSql())
                .contains("ALTER TABLE public.orders DROP CONSTRAINT IF EXISTS orders_customer_id_fkey");
        project.update();
        String sql = project.rollbackSql();
        assertThat(database.<Long>value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"))
                .isOne();
        project.runByHand(sql);
        assertThat(database.<Long>value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"))
                .isZero();
        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isZero();
    }

    @Test
    void sqlOutputWorksForTablesThatTheSameOutputMakes() throws Exception {
        project.changelog(
                "changelog.yaml",
                """
                databaseChangeLog:
                - changeSet:
                    id: 0
                    author: shop
                    changes:
                      - createTable: {tableName: invoices, columns: [{column: {name: id, type: bigint}}]}
                """ + Project.changeSet(1, "onlineCreateIndex: {tableName: invoices, columnNames: id}"));
        String sql = project.updateSql();
        assertThat(sql).contains("-- Not checked").contains("invoices does not exist");
        assertThat(database.<String>value("SELECT to_regclass('invoices')::text"))
                .isNull();
        project.runByHand(sql);
        assertThat(database.<String>value("SELECT to_regclass('invoices_id_idx')::text"))
                .isNotNull();
    }

    @Test
    void sqlOutputSaysWhatEachStepDoesAndLocks() throws Exception {
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n" + Project.changeSet(1, FOREIGN_KEY) + Project.changeSet(2, INCREMENT));
        assertThat(project.offlineSql("&version=14"))
                .contains("-- Add constraint orders_customer_id_fkey to orders, not valid yet"
                        + " (lock: SHARE ROW EXCLUSIVE on orders and customers)")
                .contains("SET LOCAL lock_timeout = '1000ms'")
                .contains("VALIDATE CONSTRAINT")
                .contains("No primary key is known here");
        assertThat(project.updateSql()).contains("DO $$").contains("COMMIT;").contains("SET total = total + 1");
    }

    @Test
    void everythingOfOursIsNamedAndGoesWhenEverythingIsDropped() throws Exception {
        project.change(INCREMENT);
        project.update();
        assertThat(database.rows(
                        "SELECT relname::text FROM pg_class WHERE relname LIKE 'expand_contract%' AND relkind = 'r'"))
                .extracting(row -> row.get(0))
                .containsExactlyInAnyOrderElementsOf(List.<Object>copyOf(StateTables.names()));
        project.run(Liquibase::dropAll);
        assertThat(database.rows(
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                                + " AND relname NOT LIKE 'databasechangelog%'"))
                .isEmpty();
    }

    @Test
    @DisabledIfSystemProperty(
            named = "liquibase.version",
            matches = "4\\.24\\..*",
            disabledReason = "asks from 4.27 on")
    void ourTablesAreNoDifferenceBetweenDatabases() throws Exception {
        project.change(INCREMENT);
        project.update();
        Path generated = directory.resolve("generated.xml");
        project.run(liquibase -> new CommandScope("generateChangelog")
                .addArgumentValue("database", liquibase.getDatabase())
                .addArgumentValue("changelogFile", generated.toString())
                .execute());
        assertThat(generated).content().contains("tableName=\"orders\"").doesNotContain("expand_contract");
    }

    private List<?> rowsAndTotal() {
        return database.rows("SELECT (SELECT count(*) FROM customers), (SELECT sum(total) FROM orders)");
    }

    private static String first(Statement statement, String sql) throws Exception {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
