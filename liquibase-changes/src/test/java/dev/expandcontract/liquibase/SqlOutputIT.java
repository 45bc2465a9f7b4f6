package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQL written against a database that already has something in it. */
@PostgresTest
class SqlOutputIT {
    private static final String INDEX = "onlineCreateIndex: {tableName: orders, columnNames: total}";

    private final TestDatabase database;
    private final Project project;

    SqlOutputIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute("""
                CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
                INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n""");
    }

    @Test
    void findsNamesInTheDefaultSchema() throws Exception {
        database.execute("""
                CREATE SCHEMA sales;
                CREATE TABLE sales.orders (id bigint PRIMARY KEY, total numeric);
                CREATE TABLE sales.prices (id bigint, price numeric);
                INSERT INTO sales.orders VALUES (1, 0);
                INSERT INTO sales.prices VALUES (1, 7)""");
        project.defaultSchema("sales")
                .changelog(
                        "changelog.yaml",
                        "databaseChangeLog:\n"
                                + Project.changeSet(
                                        1,
                                        "onlineBackfill: {tableName: orders, set: 'total = (SELECT price FROM prices p WHERE p.id = orders.id)'}")
                                + Project.changeSet(2, "onlineSql: {sql: CREATE TABLE made (id bigint)}")
                                + Project.changeSet(3, "onlineCreateIndex: {tableName: made, columnNames: id}"));

        project.runByHand(project.updateSql());

        assertThat(database.rows("SELECT total FROM sales.orders")).hasToString("[[7]]");
        assertThat(database.rows("SELECT relnamespace::regnamespace::text FROM pg_class"
                        + " WHERE relname IN ('made', 'made_id_idx', 'databasechangelog')"))
                .hasToString("[[sales], [sales], [sales]]");
    }

    @Test
    void findsNamesInTheDefaultSchemaWithoutADatabaseToo() throws Exception {
        database.execute("CREATE SCHEMA sales");
        project.defaultSchema("sales").change("onlineSql: {sql: CREATE TABLE made (id bigint) -- here}");

        project.runByHand(project.offlineSql(""));

        assertThat(database.<String>value("SELECT to_regclass('sales.made')::text"))
                .isEqualTo("sales.made");
    }

    @Test
    void setsNoSearchPathForThePublicSchema() throws Exception {
        project.change("onlineSql: {sql: CREATE TABLE made (id bigint)}");
        assertThat(project.updateSql() + project.offlineSql(""))
                .doesNotContain("SET LOCAL search_path", "RESET search_path");
    }

    @Test
    void fillsAColumnThatTheSameOutputAddsInBatches() throws Exception {
        project.changelog(
                "changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 0
                    author: shop
                    changes:
                      - addColumn: {tableName: orders, columns: [{column: {name: note, type: text}}]}
                """ + Project.changeSet(1, "onlineBackfill: {tableName: orders, set: note = 'x'}"));

        String sql = project.updateSql();

        assertThat(sql)
                .contains("-- Not checked")
                .contains("FOR expand_contract_row IN SELECT id FROM public.orders")
                .doesNotContain("No primary key");
        project.runByHand(sql);
        assertThat(database.<Long>value("SELECT count(*) FROM orders WHERE note = 'x'"))
                .isEqualTo(100);
    }

    @Test
    void leavesOutWhatIsDoneAlready() throws Exception {
        database.execute("CREATE INDEX orders_total_idx ON orders (total)");
        project.change(INDEX);

        String sql = project.updateSql();

        assertThat(sql).contains("-- createIndex orders_total_idx on public.orders: done already");
        assertThat(sql).doesNotContain("INDEX CONCURRENTLY");
        project.runByHand(sql);
        assertThat(database.<Long>value("SELECT count(*) FROM databasechangelog"))
                .isOne();
    }

    @Test
    void goesOnWhereAFailureStopped() throws Exception {
        database.execute("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID");
        project.change("onlineAddCheck: {tableName: orders, condition: total > 0, constraintName: positive}");

        String sql = project.updateSql();

        assertThat(sql).doesNotContain("ADD CONSTRAINT");
        project.runByHand(sql);
        assertThat(database.<Boolean>value("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"))
                .isTrue();
    }

    @Test
    void repairsWhatAFailureLeftBehind() throws Exception {
        database.execute(
                "CREATE INDEX orders_total_idx ON orders (total)",
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_total_idx'::regclass");
        project.change(INDEX);

        project.runByHand(project.updateSql());

        assertThat(database.<Boolean>value(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_total_idx'::regclass"))
                .isTrue();
    }

    @Test
    void doesAgainWhatAnEarlierChangeSetTakesBack() throws Exception {
        database.execute("CREATE INDEX orders_total_idx ON orders (total)");
        project.changelog(
                "changelog.yaml",
                "databaseChangeLog:\n" + Project.changeSet(1, "onlineDropIndex: {indexName: orders_total_idx}")
                        + Project.changeSet(2, INDEX)
                        + Project.changeSet(3, "onlineCreateIndex: {tableName: orders, columnNames: id}")
                        + Project.changeSet(4, "onlineDropIndex: {indexName: orders_id_idx}"));

        project.runByHand(project.updateSql());

        assertThat(database.rows("SELECT indexname::text FROM pg_indexes WHERE tablename = 'orders' ORDER BY 1"))
                .hasToString("[[orders_pkey], [orders_total_idx]]");
    }
}
