package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Scope;
import liquibase.exception.DatabaseException;
import liquibase.executor.ExecutorService;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.sql.Sql;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.SqlStatement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Which locks an ordinary changeSet takes before its first statement, and which it must not. */
@PostgresTest
class AdvanceLocksIT {
    private static final String ADD_COLUMN =
            "addColumn: {tableName: orders, columns: [{column: {name: note, type: text}}]}";

    private final TestDatabase database;
    private final Project project;

    AdvanceLocksIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute("""
                CREATE TABLE customers (id bigint PRIMARY KEY);
                CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
                INSERT INTO orders VALUES (1, 1)""");
    }

    @Test
    void aTableIsNotLockedWhileAnEarlierChangeIsStillAtWork() throws Exception {
        database.execute(
                "CREATE TABLE seen (locks bigint)",
                """
                        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                            INSERT INTO seen SELECT count(*) FROM pg_locks
                            WHERE relation = 'orders'::regclass AND mode = 'AccessExclusiveLock';
                            RETURN NEW;
                        END $$""",
                "CREATE TRIGGER see BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION see()");
        project.file("customers.csv", "id\n1\n2\n");
        changeSet("", "loadData: {tableName: customers, file: customers.csv, usePreparedStatements: true}", ADD_COLUMN);

        project.update();

        assertThat(database.rows("SELECT locks FROM seen")).hasToString("[[0], [0]]");
    }

    @Test
    void aChangeThatCannotBeAskedWhatItDoesRunsUnderTheLockTimeout() throws Exception {
        database.execute("CREATE TABLE seen (setting text)");
        changeSet("", "customChange: {class: " + NotesLockTimeout.class.getName() + "}");

        project.update();

        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("1s");
    }

    @Test
    void loadingRowsWaitsForOtherRowsAsLongAsItMust() throws Exception {
        database.execute("CREATE TABLE seen (id int, setting text DEFAULT current_setting('lock_timeout'))");
        project.file("seen.csv", "id\n1\n");
        changeSet("", "loadData: {tableName: seen, file: seen.csv, usePreparedStatements: true}");

        project.update();

        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("0");
    }

    @Test
    void whatAnotherConnectionRunsFindsNoLockOfOurs() throws Exception {
        changeSet("runWith: own", ADD_COLUMN);
        project.run(liquibase -> {
            OwnConnection executor = new OwnConnection(database);
            executor.setDatabase(liquibase.getDatabase());
            Scope.getCurrentScope()
                    .getSingleton(ExecutorService.class)
                    .setExecutor("own", liquibase.getDatabase(), executor);
            liquibase.update(new Contexts());
        });
        assertThat(database.<Long>value(
                        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'note'"))
                .isOne();
    }

    @Test
    @DisabledIfSystemProperty(
            named = "liquibase.version",
            matches = "4\\.24\\..*",
            disabledReason = "leaves the whole changeSet out")
    void aFirstChangeForAnotherDatabaseDoesNotSwitchThePolicyOff() throws Exception {
        changeSet(
                "",
                "sql: {dbms: h2, sql: SELECT 1}",
                "sql: {sql: \"CREATE TABLE seen AS SELECT current_setting('lock' || '_timeout') AS setting\"}");
        project.update();
        assertThat(database.<String>value("SELECT setting FROM seen")).isEqualTo("1s");
    }

    @Test
    void theTablesOfAChangeForAnotherDatabaseAreNotLocked() throws Exception {
        changeSet("", ADD_COLUMN.replace("orders", "customers"), "sql: {dbms: h2, sql: ALTER TABLE orders ADD x text}");
        System.setProperty("expandcontract.lockBudget", "2s");
        try (LockHolder writer = LockHolder.hold(database, "UPDATE orders SET total = 0 WHERE id = 1")) {
            project.update();
        } finally {
            System.clearProperty("expandcontract.lockBudget");
        }
    }

    @Test
    void aChangeSetWithoutChangesCanBeTestedForRollback() throws Exception {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 1
                    author: shop
                    changes: []
                    rollback:
                      - sql: SELECT 1
                """);
        project.run(liquibase -> liquibase.updateTestingRollback(new Contexts(), new LabelExpression()));
        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isOne();
    }

    @Test
    void whatAChangePrintsIsPrintedAsOftenAsWithoutThePack() throws Exception {
        changeSet("", "output: {target: STDOUT, message: HELLO}", ADD_COLUMN);
        int with = hellos();
        database.reset();
        database.execute("CREATE TABLE orders (id bigint)");
        System.setProperty("expandcontract.enabled", "false");
        try {
            assertThat(with).isPositive().isEqualTo(hellos());
        } finally {
            System.clearProperty("expandcontract.enabled");
        }
    }

    private int hellos() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            project.update();
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).split("HELLO", -1).length - 1;
    }

    private void changeSet(String attribute, String... changes) {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 1
                    author: shop
                    %s
                    changes:
                      - %s
                """.formatted(attribute, String.join("\n      - ", changes)));
    }

    /** As the executors of Liquibase's {@code runWith} do: a session of its own. */
    private static final class OwnConnection extends JdbcExecutor {
        private final TestDatabase server;

        OwnConnection(TestDatabase server) {
            this.server = server;
        }

        @Override
        public String getName() {
            return "own";
        }

        @Override
        public void execute(SqlStatement sql, List<SqlVisitor> visitors) throws DatabaseException {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET lock_timeout = '3s'");
                for (Sql each : SqlGeneratorFactory.getInstance().generateSql(sql, database)) {
                    statement.execute(each.toSql());
                }
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
    }
}
