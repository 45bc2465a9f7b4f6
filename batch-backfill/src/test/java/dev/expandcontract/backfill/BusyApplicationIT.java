package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import dev.expandcontract.testing.Workload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that inserts, updates and deletes rows while two workers are at them. */
@Tag("slow")
class BusyApplicationIT extends BackfillFixture {
    private static final int ROWS = 2000;
    private static final Duration PAUSE = Duration.ofMillis(2);

    BusyApplicationIT(TestDatabase database) {
        super(database);
    }

    /** The application adds 400 rows that are not done, as one without a trigger would; its updates move rows. */
    @ParameterizedTest
    @EnumSource
    void leavesNoRowUndoneAndChangesEachOnce(AxisKind axis) throws SQLException {
        database.execute("ALTER TABLE shop.items ADD filler text");
        database.execute(
                "INSERT INTO shop.items SELECT i, 0, repeat('x', 700) FROM generate_series(1, " + ROWS + ") i");
        audit();
        BackfillJob job = addOne().withCondition(new SqlExpression("n = 0"))
                .withOptions(batchesOf(25).with(o -> o.axis(axis).workers(2)));
        BackfillResult result;
        Workload.Report report;
        try (var application = Workload.start(
                database,
                Workload.statement("app", BusyApplicationIT::insert).every(PAUSE),
                Workload.statement("app", BusyApplicationIT::move).every(PAUSE).times(2),
                Workload.statement("app", BusyApplicationIT::delete).every(PAUSE))) {
            result = engine.run(() -> database.connectNamed("backfill"), job);
            report = application.stop();
        }

        assertThat(report.errorCount()).as(report.toString()).isZero();
        assertThat(report.slowest()).as(report.toString()).isLessThan(Duration.ofSeconds(5));
        assertThat(count("(SELECT id FROM shop.audit GROUP BY id HAVING count(*) > 1) twice"))
                .as("rows that we have changed twice")
                .isZero();
        assertThat(count("shop.items WHERE id <= " + ROWS + " AND n <> 1"))
                .as("rows that were there from the beginning, and were not done")
                .isZero();
        assertThat(count("shop.audit")).isEqualTo(result.rows());
        assertThat(result.rowsFailed()).isZero();
        assertThat(result.state() == BackfillState.FINISHED)
                .as("finished, unless rows come faster than it sweeps: %d", result.rowsRemaining())
                .isEqualTo(result.rowsRemaining() == 0);

        run(job.withOrigin("when the application is done"));
        assertThat(count("shop.items WHERE n <> 1")).isZero();
    }

    private void audit() {
        database.execute(
                "CREATE TABLE shop.audit (id bigint)",
                """
                CREATE FUNCTION shop.audit() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF current_setting('application_name') = 'backfill' THEN
                    INSERT INTO shop.audit VALUES (OLD.id);
                  END IF;
                  RETURN NULL;
                END $$""",
                "CREATE TRIGGER audit AFTER UPDATE ON shop.items FOR EACH ROW EXECUTE FUNCTION shop.audit()",
                """
                CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_sleep(0.004); RETURN NULL;
                END $$""",
                "CREATE TRIGGER slow AFTER UPDATE ON shop.items"
                        + " WHEN (current_setting('application_name') = 'backfill') EXECUTE FUNCTION shop.slow()");
    }

    private static void insert(Connection connection, Random random) throws SQLException {
        execute(
                connection,
                "INSERT INTO shop.items VALUES (?, 0, '') ON CONFLICT DO NOTHING",
                10_000L + random.nextInt(400));
    }

    /** To where there is room for more. */
    private static void move(Connection connection, Random random) throws SQLException {
        execute(connection, "UPDATE shop.items SET filler = filler || 'x' WHERE id = ?", 1L + random.nextInt(ROWS));
    }

    private static void delete(Connection connection, Random random) throws SQLException {
        execute(connection, "DELETE FROM shop.items WHERE id % 977 = 0 AND id > ?", random.nextInt(ROWS));
    }

    private static void execute(Connection connection, String sql, long id) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
    }
}
