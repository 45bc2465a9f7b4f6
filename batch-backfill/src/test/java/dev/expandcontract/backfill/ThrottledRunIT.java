package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.testing.OwnThread;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThrottledRunIT extends BackfillFixture {
    private static final String SIGNAL = "sql=SELECT reason FROM shop.signal";

    ThrottledRunIT(TestDatabase database) {
        super(database);
    }

    @Test
    void waitsWhileAThrottleHasAReasonAndSaysSoInItsRow() throws Exception {
        fill(100);
        database.execute("CREATE TABLE shop.signal (reason text)", "INSERT INTO shop.signal VALUES ('lunch')");
        try (var connection = database.connect()) {
            var run = OwnThread.supply(() -> engine.run(connection, throttled(SIGNAL)));
            awaitThrottle();
            assertThat(count("shop.items WHERE n = 1")).isZero();
            assertThat(status().inWords()).contains("waiting").contains("lunch");
            database.execute("UPDATE shop.signal SET reason = NULL");

            assertThat(run.get(20, TimeUnit.SECONDS).rows()).isEqualTo(100);
        }
        assertEachRowChangedOnce(100);
        assertThat(status().throttle()).isNull();
        assertThat(recorder.throttles).singleElement().asString().contains("lunch");
    }

    @Test
    void stopsAlthoughItIsThrottledWhenSomebodyCancelsIt() throws Exception {
        fill(100);
        database.execute("CREATE TABLE shop.signal (reason text)", "INSERT INTO shop.signal VALUES ('lunch')");
        try (var connection = database.connect()) {
            var run = OwnThread.supply(() -> engine.run(connection, throttled(SIGNAL)));
            awaitThrottle();
            database.execute("UPDATE " + STATE + " SET state = 'cancelled'");

            assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS)).hasMessageContaining("somebody has cancelled it");
        }
        assertThat(status().state()).isEqualTo(BackfillState.CANCELLED);
        assertThat(count("shop.items WHERE n = 1")).isZero();
    }

    @Test
    void takesASignalThatFailsMeanwhileForAReasonToWait() throws Exception {
        fill(100);
        database.execute("CREATE TABLE shop.signal (reason text)", "INSERT INTO shop.signal VALUES (NULL)");
        var dropping = new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                database.execute("DROP TABLE shop.signal");
            }

            @Override
            public void throttled(String name, String reason) {
                recorder.throttled(name, reason);
                database.execute("CREATE TABLE shop.signal AS SELECT NULL::text AS reason");
            }
        });
        try (var connection = database.connect()) {
            dropping.run(connection, throttled(SIGNAL));
        }
        assertThat(recorder.throttles)
                .singleElement()
                .asString()
                .contains("can't be read")
                .contains("shop.signal");
    }

    @Test
    void isRefusedWhereASignalThatWasAskedForCanNotBeRead() throws SQLException {
        fill(100);

        assertThatThrownBy(() -> run(throttled(SIGNAL)))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("throttle sql=SELECT reason FROM shop.signal")
                .hasMessageContaining("\"shop.signal\" does not exist");
        assertThat(count("shop.items WHERE n = 1")).isZero();
    }

    @Test
    void restsBetweenItsBatchesAsItsSpeedSays() throws Exception {
        fill(100);
        var clock = new ManualTiming(Duration.ofMillis(10));
        try (var connection = database.connect()) {
            new BackfillEngine(STATE_SCHEMA, recorder, clock)
                    .run(connection, addOne().withOptions(batchesOf(10).with(o -> o.speed(25))));
        }

        assertThat(clock.pauses).filteredOn(pause -> pause.toMillis() >= 30).hasSizeGreaterThanOrEqualTo(10);
        assertThat(clock.pauses)
                .allSatisfy(pause -> assertThat(pause.toMillis()).isLessThan(400));
    }

    /** A new slot begins at the last checkpoint. */
    @Test
    void isNotHeldByASlotThatWasForgottenLongAgoButSaysSo() {
        fill(100);
        String slot = "forgotten_" + database.name();
        database.execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
        try {
            database.execute(
                    "SET synchronous_commit = local; SELECT pg_logical_emit_message(true, 'load', repeat('x', 3 << 20))");
            run(throttled("slotRetention=2MB"));
        } finally {
            database.execute("SELECT pg_drop_replication_slot('" + slot + "')");
        }
        assertEachRowChangedOnce(100);
        assertThat(recorder.throttles).isEmpty();
        assertThat(recorder.warnings).singleElement().asString().contains(slot, "drop the slot if nobody needs it");
    }

    @Test
    void seesInALongRestThatItsSpeedWasChanged() throws Exception {
        fill(100);
        database.execute(
                "CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1);"
                        + " RETURN NEW; END $$",
                "CREATE TRIGGER slow BEFORE UPDATE ON shop.items FOR EACH ROW WHEN (NEW.id % 10 = 0)"
                        + " EXECUTE FUNCTION shop.slow()");
        try (var connection = database.connect()) {
            var run = OwnThread.supply(() ->
                    engine.run(connection, addOne().withOptions(batchesOf(10).with(o -> o.speed(1)))));
            while (recorder.starts.isEmpty() || count(STATE + "_range WHERE batches > 0") == 0) {
                assertThat(run).isNotDone();
                Thread.onSpinWait();
            }
            database.execute("UPDATE " + STATE + " SET speed = 100");

            assertThat(run.get(20, TimeUnit.SECONDS).rows())
                    .as("ten rests at its own speed take 100 s")
                    .isEqualTo(100);
        }
    }

    private void awaitThrottle() {
        while (recorder.throttles.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private static BackfillJob throttled(String throttles) {
        return addOne().withOptions(batchesOf(10).with(o -> o.throttles(Throttles.parse(throttles))));
    }
}
