package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Index;
import dev.expandcontract.catalog.IndexDefinition;
import dev.expandcontract.catalog.IndexDescription;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares an index that has the wanted name with the wanted one. What can't be compared counts as different. */
record IndexComparison(CreateIndex wanted, Catalog catalog, QualifiedName table, Requirements requirements) {

    /**
     * The definition that the index will have; null if it can't be told. An index that failed to be built is no obstacle,
     * whatever its definition.
     */
    @Nullable
    IndexDefinition definition(@Nullable Index existing, String tail) {
        IndexDescription description = catalog.describeIndex(table, Boolean.TRUE.equals(wanted.isUnique()), tail);
        if (existing == null || !(existing.isUsable() || existing.isBeingBuilt())) {
            return description.definition();
        }
        String which = "an index " + existing.name() + (existing.isUsable() ? " exists" : " is being built");
        if (description.definition() != null) {
            requirements.require(
                    description.definition().equals(existing.definition()),
                    which + " and differs." + both(description.definition(), existing.definition()));
        } else {
            requirements.require(
                    isSame(existing.definition()),
                    which + " and differs, or can't be compared: PostgreSQL says of a copy of the table \""
                            + description.reason() + "\"."
                            + both(
                                    (Boolean.TRUE.equals(wanted.isUnique()) ? "UNIQUE " : "") + tail,
                                    existing.definition()));
        }
        return existing.definition();
    }

    private static String both(Object wanted, IndexDefinition existing) {
        return "\n      wanted: " + wanted + "\n      exists: " + existing
                + "\n    Give another indexName, or drop the existing one first.";
    }

    /** Without a copy of the table: for keys that have no collation, operator class or order of their own. */
    private boolean isSame(IndexDefinition existing) {
        List<SqlExpression> keys =
                wanted.columnNames() == null ? orEmpty(wanted.expressions()) : columns(wanted.columnNames());
        List<SqlExpression> all = Stream.concat(keys.stream(), columns(orEmpty(wanted.include())).stream())
                .toList();
        return existing.isUnique() == Boolean.TRUE.equals(wanted.isUnique())
                && existing.isNullsNotDistinct() == Boolean.TRUE.equals(wanted.nullsNotDistinct())
                && !existing.isDeferrable()
                && !existing.isExclusion()
                && existing.method()
                        .equals(
                                wanted.method() == null
                                        ? "btree"
                                        : wanted.method().value())
                && existing.storage().equals(storage())
                && existing.keyCount() == keys.size()
                && existing.plainKeys().size() == all.size()
                && IntStream.range(0, all.size())
                        .allMatch(i -> isSame(all.get(i), existing.plainKeys().get(i)))
                && hasSamePredicate(existing);
    }

    private boolean hasSamePredicate(IndexDefinition existing) {
        SqlExpression predicate = wanted.predicate();
        return predicate == null
                ? existing.predicate().isEmpty()
                : !existing.predicate().isEmpty() && isSame(predicate, existing.predicate());
    }

    private boolean isSame(SqlExpression one, String existing) {
        return catalog.isSame(table, one, new SqlExpression(existing));
    }

    private List<String> storage() {
        return orEmpty(wanted.storage()).stream()
                .map(StorageParameter::toString)
                .sorted()
                .toList();
    }

    private static List<SqlExpression> columns(List<Identifier> names) {
        return names.stream().map(name -> new SqlExpression(name.sql())).toList();
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
