package dev.expandcontract.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this pack throws. A message says what failed, on which object, what state the database is in now, and
 * what to do next.
 */
public class ExpandContractException extends RuntimeException {
    public ExpandContractException(String message) {
        this(message, null);
    }

    public ExpandContractException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
