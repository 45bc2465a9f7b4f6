package dev.expandcontract.backfill;

import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The workers of one process: one on the caller's thread, the others on threads of their own. */
final class Workers {
    /** Makes a worker for a connection. */
    @FunctionalInterface
    interface Maker {
        Worker on(Session session, int number);
    }

    private final BackfillRun run;
    private final Worker first;
    private final @Nullable ConnectionSource source;
    private final Maker maker;
    private final List<Thread> threads = new ArrayList<>();
    private Worker failed;

    /** @param source of the connections of the others; null where there is but one */
    Workers(BackfillRun run, Session session, @Nullable ConnectionSource source, Maker maker) {
        this.run = run;
        this.source = source;
        this.maker = maker;
        this.first = maker.on(session, 1);
        this.failed = first;
    }

    /** Until the job ends, or one of them fails; the first failure is the one that is told. */
    void toTheEnd() throws SQLException, InterruptedException {
        startOthers();
        try {
            first.toTheEnd();
        } catch (SQLException | InterruptedException | RuntimeException | Error e) {
            run.failed(e);
        }
        awaitOthers();
        Throwable failure = run.failure();
        if (failure instanceof SQLException e) {
            throw e;
        } else if (failure instanceof InterruptedException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    Connection connection() {
        return first.session().connection();
    }

    /** The range that failed, or that was last taken, in words; empty before the first. */
    synchronized String at() {
        return failed.at();
    }

    synchronized boolean timedOut(SQLException error) {
        return failed.timedOut(error);
    }

    private void startOthers() {
        for (int number = 2; source != null && number <= run.job().options().workers(); number++) {
            int its = number;
            Thread thread =
                    new Thread(() -> other(source, its), "backfill " + run.job().name() + " " + number);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Without a connection the others do its share. */
    private void other(ConnectionSource connections, int number) {
        Session session;
        try {
            session = Session.from(connections, run.timing());
        } catch (SQLException e) {
            run.alone(number, e);
            return;
        }
        Worker worker = maker.on(session, number);
        try (session) {
            worker.toTheEnd();
        } catch (SQLException | InterruptedException | RuntimeException | Error e) {
            if (run.failed(e)) {
                failedAt(worker);
            }
        }
    }

    private synchronized void failedAt(Worker worker) {
        failed = worker;
    }

    /** An interrupt of ours reaches them, too; each ends after its batch. */
    private void awaitOthers() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                if (run.failure() != null) {
                    thread.interrupt();
                }
                try {
                    thread.join(50);
                } catch (InterruptedException e) {
                    interrupted = true;
                    run.failed(e);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
