package dev.expandcontract.catalog;

import dev.expandcontract.sql.QualifiedName;

/**
 * An index.
 *
 * @param isUsable valid and ready: PostgreSQL uses it for queries and keeps it up to date
 * @param isBeingBuilt whether another session is at it, as far as that can be seen
 * @param isConstraint whether a primary key, unique or exclusion constraint owns it
 * @param statement as {@code pg_get_indexdef} writes it
 */
public record Index(
        QualifiedName name,
        QualifiedName table,
        boolean isUsable,
        boolean isBeingBuilt,
        boolean isConstraint,
        IndexDefinition definition,
        String statement) {}
