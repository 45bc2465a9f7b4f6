package dev.expandcontract.flyway;

import dev.expandcontract.operation.Operation;

/** What a statement of a script means to us. */
sealed interface Part {
    int line();

    /** {@code CALL online.…}. */
    record Online(int line, Operation operation) implements Part {}

    /**
     * {@code CREATE} or {@code DROP INDEX CONCURRENTLY}, understood.
     *
     * @param unlessThere {@code IF NOT EXISTS}: whatever bears the name is good enough
     */
    record ConcurrentIndex(int line, Operation operation, boolean unlessThere, String sql) implements Part {}

    /**
     * Can't run in a transaction.
     *
     * @param isConcurrent whether it is one for whose sake we take a script over
     */
    record Alone(int line, String sql, boolean isConcurrent) implements Part {}

    /** Changes the session and nothing else, so it has to be said again when the script goes on after a failure. */
    record SessionSetting(int line, String sql) implements Part {}

    /** {@code BEGIN} or {@code COMMIT}: the plain statements around it don't share a transaction. */
    record TransactionBoundary(int line) implements Part {}

    /** Everything else. */
    record Plain(int line, String sql) implements Part {}

    /** Runs in Flyway's hands only. */
    record Unsupported(int line, String problem, String sql) implements Part {}

    /** Whether Flyway can't run the script as it should be run. */
    default boolean isOurs() {
        return this instanceof Online
                || this instanceof ConcurrentIndex
                || (this instanceof Alone alone && alone.isConcurrent());
    }
}
