package dev.expandcontract.catalog;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlLiteral;
import java.util.List;

/**
 * What an index is, apart from its name, table and tablespace; two indexes with equal definitions answer the same
 * queries.
 *
 * @param isDeferrable whether a constraint puts off the check of uniqueness
 * @param isExclusion whether an exclusion constraint owns it
 * @param keys each key or included column as PostgreSQL writes it, with collation, operator class and order
 * @param keyCount how many of them are keys; the rest is INCLUDE
 * @param plainKeys the same without these, if each key has the collation, operator class and order that it has when
 *     nothing is said; else none
 * @param predicate empty for a full index
 * @param signature all of it in one text, the same for equal definitions
 */
public record IndexDefinition(
        String method,
        boolean isUnique,
        boolean isDeferrable,
        boolean isExclusion,
        boolean isNullsNotDistinct,
        List<String> keys,
        int keyCount,
        List<String> plainKeys,
        String predicate,
        List<String> storage,
        String signature) {
    public IndexDefinition {
        keys = List.copyOf(keys);
        plainKeys = List.copyOf(plainKeys);
        storage = List.copyOf(storage);
    }

    /** An SQL expression: whether this is the definition of that index on that table, and the index usable. */
    public String isThatOf(QualifiedName index, QualifiedName table) {
        return "EXISTS (SELECT FROM (%s) i WHERE is_usable AND indrelid = to_regclass(%s) AND signature = %s)"
                .formatted(
                        IndexRow.select("to_regclass(" + SqlLiteral.of(index.sql()) + ")"),
                        SqlLiteral.of(table.sql()),
                        SqlLiteral.of(signature));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(isExclusion ? "EXCLUDE " : isUnique ? "UNIQUE " : "")
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
        if (isDeferrable) {
            text.append(" DEFERRABLE");
        }
        if (!storage.isEmpty()) {
            text.append(" WITH (").append(String.join(", ", storage)).append(')');
        }
        return predicate.isEmpty()
                ? text.toString()
                : text.append(" WHERE ").append(predicate).toString();
    }
}
