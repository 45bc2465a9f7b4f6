package dev.expandcontract.backfill;

/** Where a job stands. A process that was killed leaves its job {@link #RUNNING} with an old heartbeat. */
public enum BackfillState {
    RUNNING,
    /** Ended before all its rows were done; the same call goes on from there. */
    STOPPED,
    FINISHED
}
