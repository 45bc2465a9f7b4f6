package dev.expandcontract.plan;

import dev.expandcontract.sql.QualifiedName;

/** A lock that a statement takes on a table. */
public record Lock(QualifiedName table, LockMode mode) {
    @Override
    public String toString() {
        return mode.sql() + " on " + table;
    }
}
