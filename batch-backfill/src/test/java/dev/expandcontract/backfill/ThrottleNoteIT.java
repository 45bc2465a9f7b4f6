package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why workers wait stands in their job's row for as long as they may, and no longer. */
class ThrottleNoteIT extends RegisteredFixture {
    ThrottleNoteIT(TestDatabase database) throws SQLException {
        super(database);
    }

    @Test
    void isMadeOnAnOpenJobOnly() throws SQLException {
        assertThat(jobs.isOpenThoughThrottled(connection, "job", "lunch")).isTrue();
        assertThat(note()).isEqualTo("lunch");
        assertThat(status().throttle()).isEqualTo("lunch");

        run(addOne());

        assertThat(jobs.isOpenThoughThrottled(connection, "job", "lunch")).isFalse();
        assertThat(note()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void goesWhenSomebodyPausesOrCancelsTheJob(ControlIT.Way way) throws SQLException {
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        way.pause(connection);
        assertThat(note()).isNull();

        way.resume(connection);
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        way.cancel(connection);
        assertThat(note()).isNull();
    }

    @Test
    void goesWhenTheJobStops() throws SQLException {
        jobs.isOpenThoughThrottled(connection, "job", "lunch");

        jobs.stop(connection, addOne(), "the end");

        assertThat(note()).isNull();
    }

    @Test
    void isNotToldOfAJobWhoseWorkersMayNotWorkAnyway() throws SQLException {
        jobs.isOpenThoughThrottled(connection, "job", "lunch");
        database.execute("UPDATE " + STATE + " SET state = 'paused'");

        assertThat(status().throttle()).isNull();
    }

    private @Nullable String note() {
        return database.value("SELECT throttle FROM " + STATE);
    }
}
