package dev.expandcontract.catalog;

import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL makes of a statement that creates an index.
 *
 * @param definition null if that could not be found out
 * @param reason why not, as PostgreSQL says it; empty if it could
 */
public record IndexDescription(@Nullable IndexDefinition definition, String reason) {}
