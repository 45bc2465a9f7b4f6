package dev.expandcontract.error;

import org.jspecify.annotations.Nullable;

/** A step failed for another reason than a lock. Earlier steps stay done; the same migration run again goes on from here. */
public final class StepFailed extends ExpandContractException {
    public StepFailed(String message) {
        this(message, null);
    }

    public StepFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
