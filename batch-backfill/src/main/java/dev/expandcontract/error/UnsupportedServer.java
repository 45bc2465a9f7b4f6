package dev.expandcontract.error;

import org.jspecify.annotations.Nullable;

/** The server is older than PostgreSQL 14, or is not PostgreSQL. */
public final class UnsupportedServer extends ExpandContractException {
    public UnsupportedServer(String message) {
        this(message, null);
    }

    public UnsupportedServer(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
