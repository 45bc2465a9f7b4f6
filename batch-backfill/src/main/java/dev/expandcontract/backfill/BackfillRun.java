package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.error.Blocker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the workers of one process share: what they did, whom they tell, and whether they are to go on. */
final class BackfillRun {
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final BackfillJob job;
    private final BackfillListener listener;
    private final Timing timing;
    private final long began;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final int firstBatchSize;
    private final Set<Integer> pids = ConcurrentHashMap.newKeySet();
    private String throttle = "";
    private long told;
    private boolean toldOfPause;
    private JobRow row;

    BackfillRun(BackfillJob job, JobRow row, BackfillListener listener, Timing timing) {
        this.job = job;
        this.row = row;
        this.listener = listener;
        this.timing = timing;
        this.firstBatchSize = row.status().batchSize();
        this.began = timing.nanos();
        this.told = began;
    }

    BackfillJob job() {
        return job;
    }

    Timing timing() {
        return timing;
    }

    /** The server's process ids of its workers, as far as they are known. */
    Set<Integer> pids() {
        return Set.copyOf(pids);
    }

    void works(int pid) {
        pids.add(pid);
    }

    int firstBatchSize() {
        return firstBatchSize;
    }

    /** The job as one of the workers saw it last. */
    synchronized JobRow row() {
        return row;
    }

    /**
     * @throws InterruptedException if somebody wants this process to stop, or another of its workers has failed
     * @throws BackfillStopped if the job was cancelled
     */
    void requireGoingOn() throws InterruptedException {
        if (Thread.currentThread().isInterrupted() || failure.get() != null) {
            throw new InterruptedException();
        }
        if (row().status().state() == BackfillState.CANCELLED) {
            throw new BackfillStopped("somebody has cancelled it");
        }
    }

    /** The first failure of any worker ends all; whether this was the first. */
    boolean failed(Throwable error) {
        return failure.compareAndSet(null, error);
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    void did(long rowsChanged) {
        rows.addAndGet(rowsChanged);
        batches.incrementAndGet();
    }

    synchronized void saw(JobRow now) {
        row = now;
        throttle = "";
    }

    synchronized void started() {
        listener.started(row.status());
    }

    synchronized void telling() {
        boolean isPaused = row.status().state() == BackfillState.PAUSED;
        if (isPaused != toldOfPause || timing.since(told).compareTo(TELL_EVERY) >= 0) {
            toldOfPause = isPaused;
            told = timing.nanos();
            listener.progress(row.status());
        }
    }

    /** At once when it begins, and then as often as of progress. */
    synchronized void throttled(String reason) {
        boolean isNew = throttle.isEmpty();
        throttle = reason;
        if (isNew || timing.since(told).compareTo(TELL_EVERY) >= 0) {
            told = timing.nanos();
            listener.throttled(job.name(), reason);
        }
    }

    synchronized void follows(Axis axis, String reason) {
        listener.follows(job.name(), axis.toString(), reason);
    }

    synchronized void warnings(List<String> warnings) {
        warnings.forEach(warning -> listener.warning(job.name(), warning));
    }

    synchronized void waiting(String range, Duration pause, Duration left, List<Blocker> blockers) {
        listener.waiting(new BackfillWait(job.name(), job.table(), range, pause, left, blockers));
    }

    synchronized void disconnected(Duration pause, SQLException reason) {
        listener.disconnected(job.name(), String.valueOf(reason.getMessage()), pause);
    }

    synchronized void alone(int worker, SQLException reason) {
        listener.warning(
                job.name(),
                "worker %d has no connection (%s); the others do its share".formatted(worker, reason.getMessage()));
    }

    synchronized void foundBadRow(String what) {
        listener.failedRow(job.name(), job.table(), what);
    }

    synchronized BackfillResult finished() {
        BackfillStatus status = row.status();
        var result = new BackfillResult(
                job.name(),
                job.table(),
                status.state(),
                status.phase(),
                status.rowsDone(),
                status.rowsFailed(),
                status.rowsRemaining(),
                rows.get(),
                batches.get(),
                timing.since(began));
        listener.finished(result);
        return result;
    }
}
