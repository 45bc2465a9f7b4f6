package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;

/**
 * A column.
 *
 * @param type as {@code format_type} writes it
 * @param isComposite a row type, or a domain over one
 * @param isProvenNotNull NOT NULL, and known to hold for every row
 */
public record Column(Identifier name, String type, boolean isComposite, boolean isNotNull, boolean isProvenNotNull) {}
