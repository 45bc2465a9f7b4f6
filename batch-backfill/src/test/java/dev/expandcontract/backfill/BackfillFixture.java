package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of the engine share: a table {@code shop.items (id, n)} and a job that adds one to every n. */
@PostgresTest
abstract class BackfillFixture {
    static final Identifier STATE_SCHEMA = new Identifier("Host's own");
    static final QualifiedName ITEMS = QualifiedName.of("shop", "items");
    static final String STATE = "\"Host's own\".expand_contract_backfill";
    static final String RANGES = "\"Host's own\".expand_contract_backfill_range";

    final TestDatabase database;
    final Recorder recorder = new Recorder();
    final BackfillEngine engine = new BackfillEngine(STATE_SCHEMA, recorder);

    BackfillFixture(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void freshTables() {
        database.reset();
        database.execute(
                "CREATE SCHEMA shop",
                "CREATE SCHEMA \"Host's own\"",
                "CREATE TABLE shop.items (id bigint PRIMARY KEY, n int)");
    }

    void fill(int rows) {
        database.execute("INSERT INTO shop.items SELECT i, 0 FROM generate_series(1, " + rows + ") i");
    }

    static BackfillJob addOne() {
        return job(ITEMS, "n = n + 1");
    }

    /** Batches of one size, so that they can be counted. */
    static BackfillJob job(QualifiedName table, String set) {
        return BackfillJob.of("job", table, new SqlExpression(set)).withOptions(batchesOf(10));
    }

    static BackfillOptions batchesOf(int rows) {
        return BackfillOptions.defaults().withBatchSizes(rows, rows, rows).withLockBudget(Duration.ofSeconds(30));
    }

    BackfillResult run(BackfillJob job) {
        try (var connection = database.connect()) {
            return engine.run(connection, job);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    BackfillStatus status() throws SQLException {
        try (var connection = database.connect()) {
            return engine.status(connection, "job").orElseThrow();
        }
    }

    /** From now on a batch with this row ends the job, for a reason that is no fault of the row. */
    void fillDiskAt(int id) {
        database.execute(
                """
                CREATE OR REPLACE FUNCTION shop.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  RAISE 'no space left on device' USING ERRCODE = '53100';
                END $$""",
                "CREATE TRIGGER disk_full BEFORE UPDATE ON shop.items FOR EACH ROW WHEN (OLD.id = " + id
                        + ") EXECUTE FUNCTION shop.disk_full()");
    }

    void freeDisk() {
        database.execute("DROP TRIGGER disk_full ON shop.items");
    }

    long count(String from) {
        return database.<Long>value("SELECT count(*) FROM " + from);
    }

    void assertEachRowChangedOnce(long rows) {
        assertThat(database.rows("SELECT n, count(*) FROM shop.items GROUP BY n"))
                .as("n and how many rows have it")
                .isEqualTo(List.of(List.of(1, rows)));
    }
}
