package dev.expandcontract.catalog;

import java.util.List;

/**
 * What an index is, apart from its name, table and tablespace; two indexes with equal definitions answer the same
 * queries.
 *
 * @param keys each key or included column as PostgreSQL writes it, with collation, operator class and order
 * @param keyCount how many of them are keys; the rest is INCLUDE
 * @param predicate empty for a full index
 */
public record IndexDefinition(
        String method,
        boolean isUnique,
        boolean isNullsNotDistinct,
        List<String> keys,
        int keyCount,
        String predicate,
        List<String> storage) {
    public IndexDefinition {
        keys = List.copyOf(keys);
        storage = List.copyOf(storage);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isUnique ? "UNIQUE " : "")
                .append("USING ")
                .append(method)
                .append(" (")
                .append(String.join(", ", keys.subList(0, keyCount)))
                .append(')');
        if (keyCount < keys.size()) {
            text.append(" INCLUDE (")
                    .append(String.join(", ", keys.subList(keyCount, keys.size())))
                    .append(')');
        }
        if (isNullsNotDistinct) {
            text.append(" NULLS NOT DISTINCT");
        }
        if (!storage.isEmpty()) {
            text.append(" WITH (").append(String.join(", ", storage)).append(')');
        }
        return predicate.isEmpty()
                ? text.toString()
                : text.append(" WHERE ").append(predicate).toString();
    }
}
