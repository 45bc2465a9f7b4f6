package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackfillEngineIT extends BackfillFixture {
    BackfillEngineIT(TestDatabase database) {
        super(database);
    }

    @Test
    void changesEveryRowOnceInBatches() {
        fill(95);

        BackfillResult result = run(addOne());

        assertEachRowChangedOnce(95);
        assertThat(result.rows()).isEqualTo(95);
        assertThat(result.batchesNow()).isEqualTo(10);
        assertThat(recorder.results).containsExactly(result);
    }

    @Test
    void finishesWithTheLastFullBatchWhereTheRowsComeOutEven() {
        fill(100);

        assertThat(run(addOne()).batchesNow()).isEqualTo(10);
        assertEachRowChangedOnce(100);
    }

    @Test
    void changesOnlyTheRowsOfTheCondition() throws SQLException {
        fill(100);
        database.execute("UPDATE shop.items SET n = 7 WHERE id % 4 = 0");

        BackfillResult result = run(addOne().withCondition(new SqlExpression("n = 0 OR false -- the rest")));

        assertThat(result.rows()).isEqualTo(75);
        assertThat(count("shop.items WHERE n = 1")).isEqualTo(75);
        assertThat(status().rowsPassed()).isEqualTo(100);
    }

    @Test
    void letsTheAuthorNameTheTableAndUseOperatorsWithQuestionMarks() {
        database.execute("ALTER TABLE shop.items ADD d jsonb DEFAULT '{\"a\": 1}'");
        fill(30);

        run(job(ITEMS, "n = (SELECT count(*) FROM shop.items i WHERE i.id = items.id) /* ? */")
                .withCondition(new SqlExpression("d ? 'a' AND d ->> 'a' <> '?'")));

        assertEachRowChangedOnce(30);
    }

    @Test
    void finishesAtOnceOnAnEmptyTable() throws SQLException {
        assertThat(run(addOne()).batchesNow()).isZero();
        assertThat(status().state()).isEqualTo(BackfillState.FINISHED);
        assertThat(status().percent()).hasValue(100);
    }

    @Test
    void leavesRowsBeyondTheGreatestKeyOfItsStartToTheApplication() {
        fill(30);
        database.execute("""
                CREATE FUNCTION shop.insert_more() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  INSERT INTO shop.items VALUES (1000 + NEW.id, 0);
                  RETURN NEW;
                END $$""", """
                CREATE TRIGGER more AFTER UPDATE ON shop.items FOR EACH ROW EXECUTE FUNCTION shop.insert_more()""");

        assertThat(run(addOne()).rows()).isEqualTo(30);
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(30);
    }

    @Test
    void goesOnAfterAFailureThatIsNoFaultOfARow() throws SQLException {
        fill(100);
        fillDiskAt(73);

        BackfillStopped stopped = catchThrowableOfType(BackfillStopped.class, () -> run(addOne()));

        assertThat(stopped)
                .hasMessageContaining("Backfill \"job\" of shop.items stopped at id after 70 up to 80")
                .hasMessageContaining("no space left on device (SQLSTATE 53100)")
                .hasMessageContaining("70 rows of about")
                .hasMessageContaining("run the same again: it goes on from there")
                .hasCauseInstanceOf(SQLException.class);
        assertThat(count("shop.items WHERE n = 1")).isEqualTo(70);
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(status().error()).contains("no space left").contains("id after 70 up to 80");

        freeDisk();
        BackfillResult result = run(addOne());

        assertEachRowChangedOnce(100);
        assertThat(result.batchesNow()).isEqualTo(3);
        assertThat(result.rowsNow()).isEqualTo(30);
        assertThat(result.rows()).isEqualTo(100);
        assertThat(status().error()).isNull();
        assertThat(recorder.starts.get(1).rowsPassed()).isEqualTo(70);
        assertThat(result.duration()).as("nobody waits for a lease").isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void stopsAfterTheBatchAtHandWhenInterrupted() throws SQLException {
        fill(100);
        Timing interrupting = new Timing() {
            private int looks;

            @Override
            public long nanos() {
                if (++looks == 20) {
                    Thread.currentThread().interrupt();
                }
                return looks;
            }

            @Override
            public void sleep(Duration time) {}

            @Override
            public double random() {
                return 0;
            }
        };

        try (var connection = database.connect()) {
            var interrupted = new BackfillEngine(STATE_SCHEMA, recorder, interrupting);
            assertThatThrownBy(() -> interrupted.run(connection, addOne()))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).as("the flag").isTrue();
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(status().rowsDone()).isBetween(10L, 90L).isEqualTo(count("shop.items WHERE n = 1"));
        run(addOne());
        assertEachRowChangedOnce(100);
    }

    @Test
    void doesNothingWhenTheSameOriginAsksAgain() throws SQLException {
        fill(20);
        run(addOne().withOrigin("flyway:V1"));

        BackfillResult again = run(addOne().withOrigin("flyway:V1"));

        assertEachRowChangedOnce(20);
        assertThat(again.rows()).isEqualTo(20);
        assertThat(again.batchesNow()).isZero();
        try (var connection = database.connect()) {
            assertThat(engine.isFinished(connection, addOne().withOrigin("flyway:V1")))
                    .isTrue();
            assertThat(engine.isFinished(connection, addOne())).isFalse();
        }
    }

    @Test
    void doesNothingForAFinishedJobThoughItsTableIsGone() {
        fill(20);
        run(addOne());
        database.execute("DROP TABLE shop.items");

        assertThat(run(addOne()).rows()).isEqualTo(20);
    }

    @Test
    void startsAnewForAnotherOriginOrDefinitionOnceTheOldJobIsFinished() {
        fill(20);
        run(addOne().withOrigin("flyway:V1"));

        run(addOne().withOrigin("flyway:V2"));
        assertThat(count("shop.items WHERE n = 2")).isEqualTo(20);

        BackfillResult other = run(job(ITEMS, "n = 9").withOrigin("flyway:V2"));
        assertThat(count("shop.items WHERE n = 9")).isEqualTo(20);
        assertThat(other.rows()).isEqualTo(20);
        assertThat(count(STATE)).isEqualTo(1);
    }

    @Test
    void goesOnWithAnUnfinishedJobOfTheSameDefinitionWhoeverAsks() throws SQLException {
        fill(100);
        fillDiskAt(73);
        assertThatThrownBy(() -> run(addOne().withOrigin("flyway:V1"))).isInstanceOf(BackfillStopped.class);
        freeDisk();

        run(addOne().withOrigin("flyway:V2"));

        assertEachRowChangedOnce(100);
        assertThat(status().origin()).isEqualTo("flyway:V2");
    }

    @Test
    void refusesANameThatBelongsToAnUnfinishedJobAndShowsBoth() throws SQLException {
        fill(100);
        fillDiskAt(73);
        assertThatThrownBy(() -> run(addOne().withOrigin("flyway:V1"))).isInstanceOf(BackfillStopped.class);
        BackfillJob other = job(ITEMS, "n = 9").withCondition(new SqlExpression("n IS NULL"));

        assertThatThrownBy(() -> run(other))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("there: UPDATE shop.items SET n = n + 1 (asked for by flyway:V1)")
                .hasMessageContaining("here:  UPDATE shop.items SET n = 9 WHERE (n IS NULL)")
                .hasMessageContaining("DELETE FROM " + STATE + " WHERE name = 'job'");
        try (var connection = database.connect()) {
            assertThat(engine.check(connection, other)).hasSize(1);
        }
        assertThat(count("shop.items WHERE n = 9")).isZero();
    }

    @Test
    void stopsClearlyWhenItsRowIsDeletedUnderIt() {
        fill(100);
        BackfillListener deleting = new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                database.execute("DELETE FROM " + STATE);
            }
        };

        try (var connection = database.connect()) {
            assertThatThrownBy(() -> new BackfillEngine(STATE_SCHEMA, deleting).run(connection, addOne()))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("its row in the state table was deleted or replaced");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesTheConnectionBackAsItWas() throws SQLException {
        fill(100);
        fillDiskAt(73);
        try (var connection = database.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection
                    .createStatement()
                    .execute("LOAD 'plpgsql'; SET lock_timeout = '7s'; SET statement_timeout = '70s'; SET jit = on");
            List<String> before = settings(connection);

            assertThatThrownBy(() -> engine.run(connection, addOne())).isInstanceOf(BackfillStopped.class);
            assertThat(settings(connection)).isEqualTo(before);
            freeDisk();
            engine.run(connection, addOne());
            engine.check(connection, addOne().withOrigin("other"));

            assertThat(settings(connection)).isEqualTo(before);
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertEachRowChangedOnce(100);
    }

    private static List<String> settings(Connection connection) throws SQLException {
        try (var rows = connection.createStatement().executeQuery("""
                SELECT string_agg(name || '=' || setting, E'\\n' ORDER BY name) FROM pg_settings
                WHERE name NOT LIKE 'transaction_%'""")) {
            rows.next();
            return rows.getString(1).lines().toList();
        }
    }

    @Test
    void refusesAConnectionInsideATransaction() throws SQLException {
        fill(10);
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);

            assertThatThrownBy(() -> engine.run(connection, addOne()))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("inside a transaction");
        }
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN; SELECT nonsense"})
    void refusesAConnectionInsideATransactionThatTheDriverDoesNotKnowOf(String begin) throws SQLException {
        fill(10);
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            try {
                statement.execute(begin);
            } catch (SQLException failed) {
                assertThat(failed.getMessage()).contains("nonsense");
            }

            assertThatThrownBy(() -> engine.run(connection, addOne()))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("inside a transaction");
        }
        assertThat(count("shop.items WHERE n = 0")).isEqualTo(10);
    }

    @Test
    void beginsWithAHundredRowsSinceNobodyKnowsYetHowLongOneTakes() {
        fill(1000);
        fillDiskAt(101);

        assertThatThrownBy(() -> run(addOne().withOptions(BackfillOptions.defaults())))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("id after 100 up to 250");
    }

    @Test
    void growsItsBatchesWhileTheyAreFast() throws SQLException {
        fill(20_000);

        BackfillResult result =
                run(addOne().withOptions(BackfillOptions.defaults().withTargetTime(Duration.ofSeconds(5))));

        assertEachRowChangedOnce(20_000);
        assertThat(result.batchesNow()).as("8 until they have 2000 rows").isEqualTo(8 + 8);
        assertThat(status().batchSize()).isEqualTo(2000);
    }

    @Test
    void takesAConnectionOfItsOwnFromASource() {
        fill(10);

        engine.run(database.dataSource()::getConnection, addOne());

        assertEachRowChangedOnce(10);
    }

    @Test
    void knowsNothingOfAJobThatNeverBegan() throws SQLException {
        try (var connection = database.connect()) {
            assertThat(engine.status(connection, "job")).isEmpty();
            assertThat(engine.isFinished(connection, addOne())).isFalse();
        }
    }

    @Test
    void stopsWithTheReasonWhenTheConnectionIsCut() throws SQLException {
        fill(100);
        database.execute(
                """
                CREATE FUNCTION shop.cut() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW;
                END $$""",
                "CREATE TRIGGER cut BEFORE UPDATE ON shop.items FOR EACH ROW WHEN (NEW.id = 55) EXECUTE FUNCTION shop.cut()");

        BackfillJob job = addOne().withOptions(batchesOf(10).with(o -> o.lease(Duration.ofSeconds(1))));
        assertThatThrownBy(() -> run(job))
                .isInstanceOf(BackfillStopped.class)
                .hasMessageContaining("id after 50 up to 60")
                .hasCauseInstanceOf(SQLException.class);

        database.execute("DROP TRIGGER cut ON shop.items");
        run(job);
        assertEachRowChangedOnce(100);
    }
}
