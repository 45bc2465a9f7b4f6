package dev.expandcontract.backfill;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A range of rows that a worker is at, or that waits to be taken.
 *
 * @param table that holds it, as SQL: the job's own, or a partition of it
 * @param after where it begins: after this key, or with this place on disk; empty for the beginning
 * @param upTo where it ends: with this key, or before this place on disk
 * @param rowsAsked how many rows it was to have; 0 for all that are left of the table
 * @param worker who is, or was last, at it
 * @param dueAt from when on others may take it: the end of the lease, or of a pause
 * @param tries how often it met a lock
 * @param lockedSince when it first met a lock; null if it did not
 */
public record BackfillRange(
        String table,
        List<String> after,
        List<String> upTo,
        long rowsAsked,
        State state,
        String worker,
        Instant dueAt,
        int tries,
        @Nullable Instant lockedSince) {
    /** Where a range stands. */
    public enum State {
        /** A worker is at it, or was when it died. */
        CLAIMED,
        /** To be tried again: it met a lock, was too large, or has a row that can't be changed. */
        WAITING,
        /** Committed, and not yet added up: its worker rests. */
        DONE;

        /** In words, and as the state table has it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public BackfillRange {
        after = List.copyOf(after);
        upTo = List.copyOf(upTo);
    }
}
