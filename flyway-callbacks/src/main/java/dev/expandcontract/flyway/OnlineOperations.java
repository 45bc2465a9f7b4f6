package dev.expandcontract.flyway;

import dev.expandcontract.operation.Operation;

/** Runs operations for a Java migration. */
@FunctionalInterface
public interface OnlineOperations {
    /**
     * Runs the operation; one that an earlier, failed run of this migration has done is not done again.
     *
     * @throws dev.expandcontract.error.ExpandContractException of the kind that says what went wrong
     */
    void run(Operation operation);
}
