package dev.expandcontract.backfill;

import java.util.Locale;

/** Where a job stands. A process that was killed leaves its job {@link #RUNNING} with an old heartbeat. */
public enum BackfillState {
    /** Known, but nobody has begun it. */
    REGISTERED,
    RUNNING,
    /** Somebody wants its workers to wait. */
    PAUSED,
    /** Ended before all its rows were done; the same call goes on from there. */
    STOPPED,
    /** Somebody wants it to end; what is done stays done. */
    CANCELLED,
    FINISHED,
    /**
     * All rows were tried, and some could not be changed, or were found undone when they were counted: no one may count on
     * it. The same call tries those again.
     */
    FINISHED_WITH_FAILURES;

    /** Whether nobody has anything more to do. */
    public boolean isEnd() {
        return this == FINISHED || this == FINISHED_WITH_FAILURES;
    }

    /** Whether workers may take ranges. */
    boolean isOpen() {
        return this == REGISTERED || this == RUNNING || this == STOPPED;
    }

    /** In words, and as the state table has it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static BackfillState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }
}
