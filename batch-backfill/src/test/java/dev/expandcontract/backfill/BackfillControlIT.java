package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackfillControlIT extends BackfillFixture {
    private final BackfillControl control = new BackfillControl(STATE_SCHEMA);
    private Connection connection;

    BackfillControlIT(TestDatabase database) throws SQLException {
        super(database);
        connection = database.connect();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = database.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private static BackfillJob fillNulls() {
        return job(ITEMS, "n = 100 / (id - 7)").withCondition(new SqlExpression("n IS NULL"));
    }

    private void nulls(int from, int to) {
        database.execute("INSERT INTO shop.items SELECT i, NULL FROM generate_series(%d, %d) i".formatted(from, to));
    }

    @Test
    void listsJobsOldestFirst() {
        assertThat(control.jobs(connection)).isEmpty();
        fill(10);
        run(addOne());
        run(BackfillJob.of("another", ITEMS, new SqlExpression("n = 1")));

        assertThat(control.jobs(connection)).extracting(BackfillStatus::name).containsExactly("job", "another");
        assertThat(control.status(connection, "another").rowsDone()).isEqualTo(10);
        assertThat(control.ranges(connection, "another")).isEmpty();
        assertThat(control.failures(connection, "another", 10)).isEmpty();
    }

    @Test
    void showsRangesAndFailures() {
        nulls(1, 30);
        run(fillNulls());

        assertThat(control.failures(connection, "job", 10)).singleElement().satisfies(failure -> {
            assertThat(failure.table()).isEqualTo("shop.items");
            assertThat(failure.row()).containsExactly("7");
            assertThat(failure.error()).contains("division by zero");
        });
        assertThat(control.failures(connection, "job", 0)).isEmpty();
        database.execute("UPDATE %s_range SET state = 'claimed', after = '{6}', up_to = '{7}'".formatted(STATE));
        assertThat(control.ranges(connection, "job")).singleElement().satisfies(range -> {
            assertThat(range.after()).containsExactly("6");
            assertThat(range.upTo()).containsExactly("7");
            assertThat(range.state()).isEqualTo(BackfillRange.State.CLAIMED);
            assertThat(range.worker()).startsWith("process ");
        });
    }

    @Test
    void namesTheNearestJob() {
        for (var call : List.<Runnable>of(
                () -> control.status(connection, "jop"),
                () -> control.ranges(connection, "jop"),
                () -> control.failures(connection, "jop", 1),
                () -> control.pause(connection, "jop"),
                () -> control.resume(connection, "jop"),
                () -> control.cancel(connection, "jop"),
                () -> control.speed(connection, "jop", 7),
                () -> control.verify(connection, "jop", true))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("there is no backfill \"jop\"")
                    .hasMessageContaining("which has none");
        }
        fill(1);
        run(addOne());
        assertThatThrownBy(() -> control.pause(connection, "jop"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("did you mean job?");
    }

    @Test
    void refusesWhatTheStateDoesNotAllow() {
        fill(10);
        run(addOne());

        assertThatThrownBy(() -> control.pause(connection, "job"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("backfill \"job\" is finished: it can't be paused any more");
        assertThatThrownBy(() -> control.resume(connection, "job")).hasMessageContaining("can't be resumed");
        assertThatThrownBy(() -> control.cancel(connection, "job")).hasMessageContaining("can't be cancelled");
        assertThatThrownBy(() -> control.speed(connection, "job", 50)).hasMessageContaining("is finished");
        assertThatThrownBy(() -> control.speed(connection, "job", 101)).hasMessageContaining("from 1 to 100");
        assertThatThrownBy(() -> control.verify(connection, "job", false)).hasMessageContaining("has no condition");
        assertThat(control.status(connection, "job").state()).isEqualTo(BackfillState.FINISHED);
    }

    @Test
    void changesNothingWhenAskedAgain() {
        fill(10);
        engine.register(connection, fillNulls());

        assertThat(control.resume(connection, "job").state()).isEqualTo(BackfillState.REGISTERED);
        assertThat(control.pause(connection, "job").state()).isEqualTo(BackfillState.PAUSED);
        assertThat(control.pause(connection, "job").state()).isEqualTo(BackfillState.PAUSED);
        assertThat(control.cancel(connection, "job").state()).isEqualTo(BackfillState.CANCELLED);
        assertThat(control.cancel(connection, "job").state()).isEqualTo(BackfillState.CANCELLED);
        assertThatThrownBy(() -> control.pause(connection, "job")).hasMessageContaining("unless it is resumed first");
        assertThat(control.resume(connection, "job").state()).isEqualTo(BackfillState.RUNNING);
        assertThat(control.resume(connection, "job").state()).isEqualTo(BackfillState.RUNNING);
        assertThat(control.speed(connection, "job", 7).speed()).isEqualTo(7);
        assertThat(control.speed(connection, "job", 7).speed()).isEqualTo(7);
        assertThat(control.speed(connection, "job", null).speed()).isNull();
    }

    @Test
    void countsWhatIsMissingThenRepairsIt() throws SQLException {
        nulls(8, 30);
        assertThat(run(fillNulls()).state()).isEqualTo(BackfillState.FINISHED);
        nulls(31, 35);

        assertThat(control.verify(connection, "job", false)).satisfies(status -> {
            assertThat(status.state()).isEqualTo(BackfillState.RUNNING);
            assertThat(status.phase()).isEqualTo(BackfillPhase.VERIFY);
        });
        control.verify(connection, "job", false);
        assertThatThrownBy(() -> control.verify(connection, "job", true))
                .hasMessageContaining("it can be verified when it has ended");
        BackfillResult counted = run(engine.job(connection, "job"));
        assertThat(counted.rowsRemaining()).isEqualTo(5);
        assertThat(counted.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(counted.rowsNow()).isZero();
        assertThat(count("shop.items WHERE n IS NULL")).isEqualTo(5);

        control.verify(connection, "job", true);
        assertThat(run(engine.job(connection, "job")).rowsNow()).isEqualTo(5);
        assertThat(count("shop.items WHERE n IS NULL")).isZero();
        control.verify(connection, "job", false);
        assertThat(run(fillNulls()).rowsRemaining()).isZero();
        assertThat(status().rowsDone()).isEqualTo(28);
    }

    @Test
    void doesTheSameByTheStatementsOfTheDocumentation() throws SQLException {
        nulls(8, 30);
        run(fillNulls());
        nulls(31, 35);

        ControlIT.documented(connection, "verify");
        assertThat(run(fillNulls()).rowsRemaining()).isEqualTo(5);
        ControlIT.documented(connection, "repair");
        assertThat(run(fillNulls()).rowsNow()).isEqualTo(5);
        ControlIT.documented(connection, "status");
        ControlIT.documented(connection, "ranges");
        ControlIT.documented(connection, "failures");
    }

    @Test
    void documentsHowLongItStillTakes() throws SQLException {
        fill(10);
        engine.register(connection, fillNulls());
        assertThat(secondsLeft()).as("nothing is known of its rate").isNull();

        database.execute("UPDATE " + STATE + " SET rows_estimated = 100, rows_passed = 40, rows_per_second = 20");
        assertThat(secondsLeft()).isEqualTo(3.0);

        database.execute("UPDATE " + STATE + " SET rows_passed = 200");
        assertThat(secondsLeft()).as("the estimate was too low").isZero();
    }

    private @Nullable Double secondsLeft() throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET search_path = " + STATE_SCHEMA.sql());
            try (var row = statement.executeQuery(ControlIT.documented("seconds left"))) {
                row.next();
                return row.getObject(1, Double.class);
            }
        }
    }

    @Test
    void goesOnWithAVerificationThatWasStopped() throws SQLException {
        nulls(8, 60);
        run(fillNulls());
        control.verify(connection, "job", false);
        database.execute("UPDATE shop.items SET n = NULL WHERE id IN (10, 58)");
        int[] batches = {0};
        var stopping = new BackfillEngine(STATE_SCHEMA, recorder, new Timing() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(java.time.Duration time) throws InterruptedException {
                if (++batches[0] == 3) {
                    throw new InterruptedException();
                }
            }

            @Override
            public double random() {
                return 0;
            }
        });
        BackfillJob resting = fillNulls().withOptions(batchesOf(10).with(o -> o.speed(50)));
        assertThatThrownBy(() -> stopping.run(connection, resting)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(status().phase()).isEqualTo(BackfillPhase.VERIFY);
        assertThat(status().rowsPassed()).isEqualTo(30);

        assertThat(run(fillNulls()).rowsRemaining()).isEqualTo(2);
        assertThat(status().rowsPassed()).isGreaterThan(50);
    }

    @Test
    void verifiesAJobWithFailuresWithoutForgettingThem() throws SQLException {
        nulls(1, 30);
        assertThat(run(fillNulls()).rowsFailed()).isEqualTo(1);

        control.verify(connection, "job", false);
        BackfillResult verified = run(fillNulls());
        assertThat(verified.state()).isEqualTo(BackfillState.FINISHED_WITH_FAILURES);
        assertThat(verified.rowsFailed()).isEqualTo(1);
        assertThat(verified.rowsRemaining()).isZero();

        database.execute("UPDATE shop.items SET id = 100 WHERE id = 7");
        control.verify(connection, "job", true);
        assertThat(run(fillNulls()).state()).isEqualTo(BackfillState.FINISHED);
        assertThat(count("shop.items WHERE n IS NULL")).isZero();
    }

    @Test
    void neverChangesRowsASecondTimeThatItsConditionDoesNotTellApart() {
        fill(10);
        run(addOne().withCondition(new SqlExpression("id < 8")));

        for (boolean repairs : new boolean[] {true, false}) {
            assertThatThrownBy(() -> control.verify(connection, "job", repairs))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("still held for 7 rows after their change");
        }
    }

    @Test
    void saysWhatFailedWithoutTheRights() throws SQLException {
        fill(1);
        run(addOne());
        String role = database.createRole("stranger");
        database.execute("GRANT USAGE ON SCHEMA \"Host's own\" TO " + role);
        try (Connection stranger = database.connectAs(role)) {
            assertThatThrownBy(() -> control.status(stranger, "job"))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("can't be read: ERROR: permission denied");
        }
        assertThat(new BackfillControl(new Identifier("nowhere")).jobs(connection))
                .isEmpty();
    }
}
