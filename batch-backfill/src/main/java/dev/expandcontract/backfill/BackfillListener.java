package dev.expandcontract.backfill;

/**
 * Hears what an engine does. Called on the thread that runs the job, between its transactions. One that throws stops the
 * job, which the next run goes on with.
 */
public interface BackfillListener {
    /** A run begins or goes on. */
    default void started(BackfillStatus status) {}

    /** At most every ten seconds. */
    default void progress(BackfillStatus status) {}

    /** A batch met a lock. */
    default void waiting(BackfillWait wait) {}

    default void finished(BackfillResult result) {}
}
