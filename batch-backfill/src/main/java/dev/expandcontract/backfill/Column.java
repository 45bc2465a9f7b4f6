package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;

/**
 * A column of a table.
 *
 * @param number under which the catalogue keeps it; dropped and added anew, it gets another
 * @param isGenerated whether PostgreSQL computes it from other columns
 */
record Column(int number, Identifier name, boolean isGenerated) {}
