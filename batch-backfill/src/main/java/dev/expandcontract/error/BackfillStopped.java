package dev.expandcontract.error;

import org.jspecify.annotations.Nullable;

/** A backfill ended before all its rows were done. What was committed stays; the same call goes on from there. */
public final class BackfillStopped extends ExpandContractException {
    public BackfillStopped(String message) {
        this(message, null);
    }

    public BackfillStopped(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
