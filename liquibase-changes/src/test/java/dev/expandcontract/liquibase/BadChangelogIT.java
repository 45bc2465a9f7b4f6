package dev.expandcontract.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get wrong. Each is told before anything is changed, and what to do is told with it. */
@PostgresTest
class BadChangelogIT {
    private static final String TABLES = """
            CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
            CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric);
            INSERT INTO orders SELECT n, n, n FROM generate_series(1, 100) n""";

    private final TestDatabase database;
    private final Project project;

    BadChangelogIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.project = new Project(directory, database);
    }

    @BeforeEach
    void start() {
        database.reset();
        database.execute(TABLES);
    }

    @Test
    void fiveMistakesAreToldAtOnceAndNothingRuns() {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: fine
                    author: shop
                    changes:
                      - createTable: {tableName: invoices, columns: [{column: {name: id, type: bigint}}]}
                - changeSet:
                    id: misspelt
                    author: shop
                    runInTransaction: false
                    changes:
                      - onlineCreateIndex: {tabelName: orders, tableName: orders, columnNames: customer_id}
                - changeSet:
                    id: missing
                    author: shop
                    runInTransaction: false
                    changes:
                      - onlineAddNotNull: {tableName: orders}
                - changeSet:
                    id: unreadable
                    author: shop
                    runInTransaction: false
                    changes:
                      - onlineCreateIndex: {tableName: orders, columnNames: total, isUnique: ture}
                - changeSet:
                    id: transaction
                    author: shop
                    changes:
                      - onlineDropIndex: {indexName: orders_idx}
                - changeSet:
                    id: two
                    author: shop
                    runInTransaction: false
                    changes:
                      - onlineValidateConstraint: {tableName: orders, constraintName: c}
                      - sql: {sql: SELECT 1}
                """);

        Throwable error = catchThrowable(project::update);

        assertThat(error)
                .hasMessageContaining(
                        "onlineCreateIndex: unknown attribute tabelName, did you mean tableName?, changelog.yaml::misspelt::shop")
                .hasMessageContaining(
                        "onlineAddNotNull: attribute columnName is missing: the column, changelog.yaml::missing::shop")
                .hasMessageContaining(
                        "onlineCreateIndex: attribute isUnique: expected true or false but found ture, changelog.yaml::unreadable::shop")
                .hasMessageContaining("onlineDropIndex: the changeSet needs runInTransaction: false")
                .hasMessageContaining("changelog.yaml::transaction::shop")
                .hasMessageContaining(
                        "onlineValidateConstraint: it must be the only change of its changeSet, which now has 2")
                .hasMessageContaining("changelog.yaml::two::shop");
        assertThat(database.<String>value("SELECT to_regclass('invoices')::text"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onValidationFail: MARK_RAN      | would record it without running it",
                "runWith: jdbc                   | runWith can't be used",
                "modifySql: [{append: {value: x}}] | modifySql can't change an online operation",
                "rollback: [{onlineDropIndex: {indxName: i}}] | unknown attribute indxName, did you mean indexName?",
                "runInTransaction: true          | the changeSet needs runInTransaction: false"
            })
    void changeSetsThatCouldNotBeCarriedOutAreRefused(String attribute, String message) {
        project.changelog("changelog.yaml", """
                databaseChangeLog:
                - changeSet:
                    id: 1
                    author: shop
                    %s
                    %s
                    changes:
                      - onlineAddNotNull: {tableName: orders, columnName: total}
                """.formatted(
                        attribute.startsWith("runIn") ? "" : "runInTransaction: false", attribute));

        assertThatThrownBy(project::update)
                .hasMessageContaining(message)
                .hasMessageContaining("changelog.yaml::1::shop");

        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onlineAddNotNull: {tableName: ordres, columnName: total} | table ordres does not exist",
                "onlineAddNotNull: {tableName: orders, columnName: totl} | column totl of table public.orders does not exist",
                "onlineCreateIndex: {tableName: Orders, columnNames: id, method: hsah} | hsah",
                "onlineCreateIndex: {tableName: orders, columnNames: id, indexName: customers} | the name public.customers is taken",
                "onlineCreateIndex: {tableName: orders, columnNames: id, indexName: orders_pkey, predicate: id > 3} | exists and differs",
                "onlineAddCheck: {tableName: orders, condition: totl > 0, constraintName: c} | column \"totl\" does not exist",
                "onlineBackfill: {tableName: orders, set: total = 'x'} | PostgreSQL does not accept the statement",
                "onlineAddForeignKey: {tableName: orders, columnNames: customer_id, referencedTableName: clients} | table clients does not exist",
            })
    void operationsThatDontFitTheDatabaseChangeNothing(String change, String message) {
        project.change(change);

        assertThatThrownBy(project::update).hasMessageContaining(message);

        assertNothingChanged();
    }

    @Test
    void aRoleWithoutRightsIsToldWhichItNeeds() throws Exception {
        String role = database.createRole("migrator");
        database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role);
        project.as(role).change("onlineAddNotNull: {tableName: orders, columnName: total}");

        assertThatThrownBy(project::update)
                .hasMessageContaining("must be owner of table orders")
                .hasMessageContaining("Run migrations as the role that owns the table");

        assertNothingChanged();
    }

    @Test
    void namesThatNeedQuotesAreQuotedAndNeverRun() throws Exception {
        database.execute(
                "CREATE TABLE \"Order \"\"Items\" (\"Id\" bigint PRIMARY KEY, \"select\" bigint)",
                "CREATE TABLE victim (id bigint)");
        project.change("""
                onlineCreateIndex:
                    tableName: '"Order ""Items"'
                    columnNames: ['"select"', '"Id"']
                    indexName: 'i"; DROP TABLE victim; --'""");

        project.update();

        assertThat(database.<String>value("SELECT indexname::text FROM pg_indexes WHERE indexname LIKE 'i%'"))
                .isEqualTo("i\"; DROP TABLE victim; --");
        assertThat(database.<Long>value("SELECT count(*) FROM victim")).isZero();
    }

    @Test
    void aPackThatIsSwitchedOffRefusesOnlineChangesAndLeavesTheOthersAlone() throws Exception {
        System.setProperty("expandcontract.enabled", "false");
        try {
            project.change("onlineAddNotNull: {tableName: orders, columnName: total}");
            assertThatThrownBy(project::update)
                    .hasMessageContaining("onlineAddNotNull: expandcontract.enabled is false");
            assertNothingChanged();
            project.change("sql: {sql: CREATE TABLE invoices (id bigint)}");
            project.update();
            assertThat(database.<String>value("SELECT to_regclass('invoices')::text"))
                    .isEqualTo("invoices");
        } finally {
            System.clearProperty("expandcontract.enabled");
        }
    }

    private void assertNothingChanged() {
        CatalogSnapshot now = CatalogSnapshot.of(database)
                .withoutTables(table -> table.startsWith("databasechangelog") || table.startsWith("expand_contract"));
        long recorded = database.<String>value("SELECT to_regclass('databasechangelog')::text") == null
                ? 0
                : database.<Long>value("SELECT count(*) FROM databasechangelog");
        assertThat(recorded).isZero();
        database.reset();
        database.execute(TABLES);
        assertThat(now.differenceTo(CatalogSnapshot.of(database))).isEmpty();
    }
}
