package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttling;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Lets a worker wait while a throttle has a reason, and says so in the job's row. */
final class Brake {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final String SETTINGS =
            Transactions.waitingUpTo(Duration.ofSeconds(1)) + "; SET LOCAL statement_timeout = 5000";

    private final BackfillRun run;
    private final Jobs jobs;
    private final Throttling throttling;
    private final Timing timing;
    private long looked;
    private boolean isFirst = true;

    Brake(BackfillRun run, Jobs jobs, Throttling throttling) {
        this.run = run;
        this.jobs = jobs;
        this.throttling = throttling;
        this.timing = run.timing();
    }

    /** Until no throttle has a reason, or somebody has paused or ended the job. */
    void untilFree(Connection connection) throws SQLException, InterruptedException {
        if (!isFirst && timing.since(looked).compareTo(LOOK_EVERY) < 0) {
            return;
        }
        isFirst = false;
        Optional<String> reason = look(connection);
        while (reason.isPresent()
                && jobs.isOpenThoughThrottled(connection, run.job().name(), reason.get())) {
            run.throttled(reason.get());
            run.requireGoingOn();
            timing.sleep(LOOK_EVERY);
            reason = look(connection);
        }
    }

    private Optional<String> look(Connection connection) throws SQLException {
        looked = timing.nanos();
        return Transactions.read(connection, SETTINGS, throttling::reasonToWait);
    }
}
