package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackfillListenerIT extends BackfillFixture {
    BackfillListenerIT(TestDatabase database) {
        super(database);
    }

    @Test
    void hearsOfProgressEveryTenSeconds() throws SQLException {
        fill(1000);
        var clock = new ManualTiming(Duration.ofMillis(10));
        try (var connection = database.connect()) {
            new BackfillEngine(STATE_SCHEMA, recorder, clock).run(connection, addOne().withOptions(batchesOf(1)));
        }

        assertThat(recorder.progress).hasSizeBetween(3, 10);
        assertThat(recorder.progress.get(1).rowsPassed())
                .isBetween(recorder.progress.get(0).rowsPassed(), 900L);
    }

    @Test
    void hearsWhatTheBatchesFollowAndWhy() {
        fill(10);

        run(addOne());

        assertThat(recorder.follows)
                .containsExactly("key id: without a condition, block order could change a row twice");
    }

    @Test
    void hearsOfTheRateByTheServersClock() throws SQLException {
        fill(200);

        run(job(ITEMS, "n = n + 1 + (SELECT length(pg_sleep(0.002 + items.n)::text))"));

        assertThat(status().rowsPerSecond())
                .as("500 if nothing but the sleep took time")
                .isBetween(10.0, 500.0);
    }

    @Test
    void stopsTheJobWithTheReasonWhenItThrows() throws SQLException {
        fill(100);
        var broken = new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                throw new IllegalStateException("no disk for the log");
            }
        });

        try (var connection = database.connect()) {
            assertThatThrownBy(() -> broken.run(connection, addOne()))
                    .isInstanceOf(BackfillStopped.class)
                    .hasMessageContaining("the listener, or the engine itself, threw")
                    .hasMessageContaining("no disk for the log")
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(status().error()).contains("no disk for the log");
        run(addOne());
        assertEachRowChangedOnce(100);
    }

    @Test
    void leavesTheJobFinishedThoughItThrowsWhenItHearsOfIt() throws SQLException {
        fill(20);
        var broken = new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
            @Override
            public void finished(BackfillResult result) {
                throw new IllegalStateException("no disk for the log");
            }
        });

        try (var connection = database.connect()) {
            assertThatThrownBy(() -> broken.run(connection, addOne())).isInstanceOf(IllegalStateException.class);
        }
        assertThat(status().state()).isEqualTo(BackfillState.FINISHED);
    }
}
