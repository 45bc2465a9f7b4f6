package dev.expandcontract.backfill.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlockedSessionsThrottleIT extends ThrottleFixture {
    private static final String WRITE = "UPDATE items SET n = n + 1 WHERE id = 1";

    private final BlockedSessionsThrottle two = new BlockedSessionsThrottle(2);
    private final Connection worker;

    BlockedSessionsThrottleIT(TestDatabase database) throws SQLException {
        super(database);
        this.worker = database.connect();
        worker.setAutoCommit(false);
    }

    @BeforeEach
    void table() {
        database.execute(
                "DROP TABLE IF EXISTS items", "CREATE TABLE items (id int, n int)", "INSERT INTO items VALUES (1, 0)");
    }

    @AfterEach
    void close() throws SQLException {
        worker.close();
    }

    /** The second and third stand behind the first. */
    @Test
    void waitsAfterABatchThatTooManySessionsHadToWaitFor() throws SQLException {
        var watch = watch(two);
        batch();
        try (var sessions = new WaitingSessions(database, 3, WRITE)) {
            watch.beforeCommit(worker);
            var pids = sessions.pids().stream().sorted().toList();
            worker.commit();
            clock.passSeconds(1);

            assertThat(look(watch))
                    .hasValue("3 sessions waited for rows of public.items that the last batch held (limit 2):"
                            + " pid %d (checkout), pid %d (checkout), pid %d (checkout); the next comes in 4 s"
                                    .formatted(pids.toArray()));
        }
        clock.passSeconds(4);
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void mindsNobodyElsesWaits() throws SQLException {
        var watch = watch(new BlockedSessionsThrottle(0));
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute(WRITE);
            }
            try (var sessions = new WaitingSessions(database, 3, WRITE)) {
                watch.beforeCommit(worker);
                assertThat(sessions.pids()).hasSize(3);
                other.commit();
            }
        }
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void allowsAsManyAsItsLimitAndDoesNotCountTheJobsOwnWorkers() throws SQLException {
        batch();
        try (var sessions = new WaitingSessions(database, 3, WRITE)) {
            var beside =
                    two.watch(new Target(ITEMS, () -> Set.of(sessions.pids().get(0))), clock);
            beside.beforeCommit(worker);
            worker.commit();

            assertThat(look(beside)).isEmpty();
        }
    }

    @Test
    void forgetsABatchWhenTheNextMadeNobodyWait() throws SQLException {
        var watch = watch(two);
        batch();
        try (var sessions = new WaitingSessions(database, 3, WRITE)) {
            watch.beforeCommit(worker);
            assertThat(sessions.pids()).hasSize(3);
            worker.commit();
        }
        assertThat(look(watch)).isPresent();

        batch();
        watch.beforeCommit(worker);
        worker.commit();
        assertThat(look(watch)).isEmpty();
    }

    @Test
    void seesAllForEverybodyButTheNames() throws SQLException {
        String role = database.createRole("clerk");
        database.execute("GRANT ALL ON items TO " + role);
        var watch = watch(two);
        try (Connection clerk = database.connectAs(role)) {
            clerk.setAutoCommit(false);
            try (var statement = clerk.createStatement()) {
                statement.execute(WRITE);
            }
            try (var sessions = new WaitingSessions(database, 3, WRITE)) {
                watch.beforeCommit(clerk);
                assertThat(sessions.pids()).hasSize(3);
                clerk.commit();
            }
        }
        assertThat(look(watch)).hasValueSatisfying(reason -> assertThat(reason).startsWith("3 sessions waited"));
    }

    private void batch() throws SQLException {
        try (var statement = worker.createStatement()) {
            statement.execute(WRITE);
        }
    }
}
