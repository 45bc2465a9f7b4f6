package dev.expandcontract.plan;

import dev.expandcontract.sql.QualifiedName;

/**
 * A lock that a statement takes on a table.
 *
 * @param reach the tables on which it takes the same lock as well
 */
public record Lock(QualifiedName table, LockMode mode, Reach reach) {

    /**
     * With the reach that the statements of this mode usually have: foreign keys, triggers and indexes reach partitions,
     * what changes columns or checks reaches every table that inherits them.
     */
    public Lock(QualifiedName table, LockMode mode) {
        this(table, mode, mode == LockMode.ACCESS_EXCLUSIVE ? Reach.DESCENDANTS : Reach.PARTITIONS);
    }

    /** The same lock on another table. */
    public Lock on(QualifiedName other) {
        return new Lock(other, mode, reach);
    }

    @Override
    public String toString() {
        return mode.sql() + " on " + table;
    }
}
