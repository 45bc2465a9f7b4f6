package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs that others have registered, and those that a process has left behind, one after the other, the oldest
 * first. Any number of processes may do so at once: they share each job. One that fails does not keep the next from its turn.
 *
 * <p>Left alone are jobs that somebody has paused or cancelled, and those that are finished with failures: somebody has to
 * mend the rows first, and says so by {@link BackfillControl#verify}. An interrupt ends a worker after the batches at hand.
 */
public final class BackfillWorker {
    private final BackfillEngine engine;
    private final Connections connections;
    private final Predicate<BackfillStatus> which;
    private final UnaryOperator<BackfillOptions> options;

    /** A worker with connections of its own, for all jobs of the engine's state table. */
    public BackfillWorker(BackfillEngine engine, ConnectionSource source) {
        this(engine, new Connections(null, source), BackfillWorker::isWaiting, UnaryOperator.identity());
    }

    /**
     * A worker on a connection that was lent, in autocommit mode.
     *
     * @param others connections of further workers of a job; null where there are none
     */
    public BackfillWorker(BackfillEngine engine, Connection connection, @Nullable ConnectionSource others) {
        this(engine, new Connections(connection, others), BackfillWorker::isWaiting, UnaryOperator.identity());
    }

    private BackfillWorker(
            BackfillEngine engine,
            Connections connections,
            Predicate<BackfillStatus> which,
            UnaryOperator<BackfillOptions> options) {
        this.engine = engine;
        this.connections = connections;
        this.which = which;
        this.options = options;
    }

    /** The same for these jobs, whatever their state. */
    public BackfillWorker forJobs(Predicate<BackfillStatus> wanted) {
        return new BackfillWorker(engine, connections, wanted, options);
    }

    /** The same, running each job with these in place of its own. */
    public BackfillWorker withOptions(UnaryOperator<BackfillOptions> changed) {
        return new BackfillWorker(engine, connections, which, changed);
    }

    /** Whether a job is registered, or under way, or was left behind. */
    public static boolean isWaiting(BackfillStatus status) {
        return status.state().isOpen();
    }

    /**
     * Runs each job once, also those that come meanwhile, until none is left.
     *
     * @return what became of each; {@link BackfillOutcome#throwFailures} makes an exception of what went wrong
     * @throws ExpandContractException if it can't be seen which jobs there are
     */
    public List<BackfillOutcome> runAll() {
        List<BackfillOutcome> outcomes = new ArrayList<>();
        Set<String> tried = new HashSet<>();
        while (!Thread.currentThread().isInterrupted()) {
            Optional<String> next = next(status -> !tried.contains(status.name()));
            if (next.isEmpty()) {
                break;
            }
            tried.add(next.get());
            outcomes.add(run(next.get()));
        }
        return outcomes;
    }

    /**
     * Goes on looking for jobs until it is interrupted. One that fails is tried again after a minute, and then after ever
     * longer pauses of up to ten; a server that does not answer, after a second to a minute.
     *
     * @param pause between two looks where there is nothing to do
     * @param ended is told what became of each job
     */
    public void runUntilInterrupted(Duration pause, Consumer<BackfillOutcome> ended) {
        var looks = new Retries(engine.timing(), Duration.ofSeconds(1), Duration.ofMinutes(1));
        var jobs = new Retries(engine.timing(), Duration.ofMinutes(1), Duration.ofMinutes(10));
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Optional<String> next = looks.isDue("") ? next(looks, jobs) : Optional.empty();
                if (next.isPresent()) {
                    run(next.get(), jobs, ended);
                } else {
                    engine.timing().sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> next(Retries looks, Retries jobs) {
        try {
            Optional<String> next = next(
                    status -> jobs.isDue(attempt(status.name(), status.state().isEnd())));
            looks.succeeded("");
            return next;
        } catch (ExpandContractException e) {
            retrying(e, looks.failed(""));
            return Optional.empty();
        }
    }

    private void run(String name, Retries jobs, Consumer<BackfillOutcome> ended) {
        BackfillOutcome outcome = run(name);
        ended.accept(outcome);
        ExpandContractException failure = outcome.failure();
        boolean isEnd = outcome.result() != null;
        if (failure == null) {
            jobs.succeeded(attempt(name, true));
            jobs.succeeded(attempt(name, false));
        } else if (!Thread.currentThread().isInterrupted()) {
            Duration pause = jobs.failed(attempt(name, isEnd));
            if (!isEnd) {
                retrying(failure, pause);
            }
        }
    }

    /** A job that has ended, and is open again, is one that somebody wants now. */
    private static String attempt(String name, boolean isEnd) {
        return (isEnd ? "again " : "") + name;
    }

    private void retrying(ExpandContractException failure, Duration pause) {
        engine.listener().retrying(String.valueOf(failure.getMessage()), pause);
    }

    private Optional<String> next(Predicate<BackfillStatus> isDue) {
        return connections.looking(connection -> engine.control().jobs(connection).stream()
                .filter(this::isWanted)
                .filter(isDue)
                .map(BackfillStatus::name)
                .findFirst());
    }

    private boolean isWanted(BackfillStatus status) {
        return status.state() != BackfillState.FINISHED && which.test(status);
    }

    /** Since it was chosen, somebody may have said that it is not to go on. */
    private BackfillOutcome run(String name) {
        try {
            BackfillJob job = connections.looking(connection -> engine.job(connection, name));
            return engine.whole(connections, job.withOptions(options.apply(job.options())))
                    .ifStill(this::isWanted)
                    .map(this::outcome)
                    .orElse(new BackfillOutcome(name, null, null));
        } catch (ExpandContractException e) {
            return new BackfillOutcome(name, null, isCancelled(name, e) ? null : e);
        }
    }

    private BackfillOutcome outcome(BackfillResult result) {
        return new BackfillOutcome(
                result.name(),
                result,
                result.isComplete() ? null : new BackfillStopped(engine.failuresInWords(result)));
    }

    /** It is no failure where somebody wanted it to end. */
    private boolean isCancelled(String name, ExpandContractException stopped) {
        try {
            return connections
                    .looking(connection -> engine.status(connection, name))
                    .filter(status -> status.state() == BackfillState.CANCELLED)
                    .isPresent();
        } catch (ExpandContractException e) {
            stopped.addSuppressed(e);
            return false;
        }
    }
}
