package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttling;
import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets a worker wait: while a throttle has a reason, or others have the whole budget of the database, which it notes in the
 * job's row; and for its speed's sake. Ends it where the table is no longer what the batches rely on.
 */
final class Brake {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final LocalSettings SETTINGS =
            LocalSettings.waitingUpTo(Duration.ofSeconds(1)).with("statement_timeout", Duration.ofSeconds(5));

    private static final LocalSettings NOTE =
            LocalSettings.waitingUpTo(Duration.ofSeconds(30)).with("synchronous_commit", "off");

    private final BackfillRun run;
    private final Jobs jobs;
    private final Throttling throttling;
    private final Slots slots;
    private final KeyWatch key;
    private final Timing timing;
    private long looked;
    private boolean isFirst = true;

    Brake(BackfillRun run, Jobs jobs, Throttling throttling, Slots slots, KeyWatch key) {
        this.run = run;
        this.jobs = jobs;
        this.throttling = throttling;
        this.slots = slots;
        this.key = key;
        this.timing = run.timing();
    }

    /**
     * Until nothing has a reason, or somebody has paused or ended the job.
     *
     * @throws BackfillStopped if the key that the batches follow is none any more
     */
    void untilFree(Connection connection) throws SQLException, InterruptedException {
        if (!isFirst && timing.since(looked).compareTo(LOOK_EVERY) < 0) {
            return;
        }
        isFirst = false;
        Optional<String> reason = look(connection);
        while (reason.isPresent() && isStillWanted(connection, reason.get())) {
            run.throttled(reason.get());
            run.requireGoingOn();
            Duration left = LOOK_EVERY.minus(timing.since(looked));
            timing.sleep(left.isNegative() ? Duration.ZERO : left);
            reason = look(connection);
        }
    }

    private boolean isStillWanted(Connection connection, String reason) throws SQLException {
        return Transactions.write(
                connection, NOTE, c -> jobs.isOpenThoughThrottled(c, run.job().name(), reason));
    }

    /**
     * So that the share of the time in which it works is what it should be. Of a long rest it sees every second whether
     * it is still wanted.
     *
     * @param worked how long the batch took
     * @param seen the job as it was when the batch began
     */
    void rest(Connection connection, Duration worked, JobRow seen) throws SQLException, InterruptedException {
        long began = timing.nanos();
        Duration left = restAfter(worked, seen);
        while (!left.isNegative() && !left.isZero()) {
            timing.sleep(left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
            run.requireGoingOn();
            Optional<JobRow> job = left.compareTo(LOOK_EVERY) < 0
                    ? Optional.empty()
                    : jobs.read(connection, run.job().name());
            left = job.filter(row -> row.status().state().isOpen())
                    .map(row -> restAfter(worked, row).minus(timing.since(began)))
                    .orElse(Duration.ZERO);
        }
    }

    private Duration restAfter(Duration worked, JobRow row) {
        Integer set = row.status().speed();
        int speed = set == null ? run.job().options().speed() : set;
        return worked.multipliedBy(100L - speed).dividedBy(speed);
    }

    private Optional<String> look(Connection connection) throws SQLException {
        looked = timing.nanos();
        try {
            return Transactions.read(connection, SETTINGS, c -> {
                key.requireKey(c);
                Optional<String> throttled = throttling.reasonToWait(c);
                return throttled.isPresent() ? throttled : slots.reasonToWait(c);
            });
        } catch (SQLException e) {
            if (SqlState.QUERY_CANCELED.matches(e)) {
                return Optional.of("the server takes more than 5 s to say how its table stands");
            }
            throw e;
        }
    }
}
