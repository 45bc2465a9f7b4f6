package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActiveSessionsThrottleIT extends ThrottleFixture {
    private final ActiveSessionsThrottle two = new ActiveSessionsThrottle(2);

    ActiveSessionsThrottleIT(TestDatabase database) {
        super(database);
    }

    @BeforeEach
    void table() {
        database.execute("DROP TABLE IF EXISTS items", "CREATE TABLE items (n int)");
    }

    @Test
    void waitsWhileTooManySessionsAreAtWork() throws SQLException {
        var holder = LockHolder.hold(database, "LOCK TABLE items");
        try (var sessions = new WaitingSessions(database, 3, "SELECT * FROM items");
                holder) {
            assertThat(look(watch(two))).hasValue("3 sessions are active on the server (limit 2)");
            assertThat(look(watch(new ActiveSessionsThrottle(3)))).isEmpty();
            assertThat(sessions.pids()).hasSize(3);
        }
        assertThat(look(watch(two))).isEmpty();
    }

    @Test
    void doesNotCountTheJobsOwnWorkers() throws SQLException {
        var holder = LockHolder.hold(database, "LOCK TABLE items");
        try (var sessions = new WaitingSessions(database, 3, "SELECT * FROM items");
                holder) {
            var beside = new Target(ITEMS, () -> Set.of(sessions.pids().get(0)));

            assertThat(look(two.watch(beside, clock))).isEmpty();
        }
    }

    @Test
    void countsWhatItMayNotSeeAsBadAndNamesTheGrant() throws SQLException {
        String role = database.createRole("clerk");
        String grant = "GRANT pg_read_all_stats TO " + role;
        try (Connection connection = database.connectAs(role);
                var other = database.connect()) {
            assertThat(other.isValid(1)).isTrue();
            assertThat(look(watch(two), connection))
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .contains("can't be read: role " + role)
                            .endsWith(grant));
            assertThat(hindrance(two, connection)).endsWith(grant);

            database.execute(grant);
            assertThat(look(watch(two), connection)).isEmpty();
            assertThat(hindrance(two, connection)).isEmpty();
        }
    }
}
