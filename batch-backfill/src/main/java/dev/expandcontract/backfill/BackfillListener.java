package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;

/**
 * Hears what an engine does. Called on the threads of the workers, between their transactions, and never by two at once.
 * One that throws stops the job, which the next run goes on with.
 */
public interface BackfillListener {
    /** A run begins or goes on. */
    default void started(BackfillStatus status) {}

    /** What the batches follow, a key or block order, and why that. */
    default void follows(String name, String axis, String reason) {}

    /** At most every ten seconds; also when the job was paused, or goes on. */
    default void progress(BackfillStatus status) {}

    /** A batch met a lock. */
    default void waiting(BackfillWait wait) {}

    /** Something that does not stop the job, but that somebody should know. */
    default void warning(String name, String what) {}

    /** A throttle lets the workers wait; told again at most every ten seconds. */
    default void throttled(String name, String reason) {}

    /** The connection was lost; another one is tried after the pause. */
    default void disconnected(String name, String reason, Duration pause) {}

    /** A row can't be changed; the others go on. */
    default void failedRow(String name, QualifiedName table, String what) {}

    /** A worker that goes on looking for jobs has met a failure, and tries again after the pause. */
    default void retrying(String failure, Duration pause) {}

    default void finished(BackfillResult result) {}
}
