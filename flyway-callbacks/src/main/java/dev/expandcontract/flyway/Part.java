package dev.expandcontract.flyway;

import dev.expandcontract.operation.Operation;
import org.jspecify.annotations.Nullable;

/** What a statement of a script means to us. */
sealed interface Part {
    int line();

    /** {@code CALL online.…}. */
    record Online(int line, Operation operation) implements Part {}

    /**
     * {@code CREATE} or {@code DROP INDEX CONCURRENTLY}, understood.
     *
     * @param isConditional {@code IF NOT EXISTS}: whatever bears the name is good enough; {@code IF EXISTS}: and so is
     *     nothing
     * @param unnamed what follows the table's name where the index has none; else null
     */
    record ConcurrentIndex(
            int line,
            Operation operation,
            boolean isConditional,
            @Nullable String unnamed,
            String sql) implements Part {}

    /**
     * Can't run in a transaction.
     *
     * @param isConcurrent whether it is one for whose sake we take a script over
     */
    record Alone(int line, String sql, boolean isConcurrent) implements Part {}

    /** Changes the session and nothing else, so it has to be said again when the script goes on after a failure. */
    record SessionSetting(int line, String sql) implements Part {}

    /** {@code BEGIN} or {@code COMMIT}: the plain statements around it don't share a transaction. */
    record TransactionBoundary(int line, boolean isBegin) implements Part {}

    /** Everything else. */
    record Plain(int line, String sql, Reach reach) implements Part {}

    /**
     * Runs in Flyway's hands only.
     *
     * @param what it is
     */
    record Unsupported(int line, String what, String sql) implements Part {}

    /** Whether it hangs, or is left half done, unless it is run with care. */
    default boolean isConcurrent() {
        return this instanceof ConcurrentIndex || (this instanceof Alone alone && alone.isConcurrent());
    }
}
