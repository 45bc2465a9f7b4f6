package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Index;
import dev.expandcontract.catalog.IndexDefinition;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

@Describe(
        "Builds an index with CREATE INDEX CONCURRENTLY: no reader or writer waits. An invalid index of that name, left"
                + " by an earlier failure, is dropped and built again; a valid one is compared with what is asked for.")
public record CreateIndex(
        @Describe("the table") QualifiedName tableName,

        @Describe("its columns, in key order; either these or expressions") @Nullable
        List<Identifier> columnNames,

        @Describe(
                "index elements as they stand between the parentheses of CREATE INDEX, such as 'lower(email), created_at DESC'")
        @Nullable
        List<SqlExpression> expressions,

        @Describe("default: table_columns_idx, as PostgreSQL would name it") @Nullable
        Identifier indexName,

        @Describe("whether equal keys are refused; default false") @Nullable
        Boolean isUnique,

        @Describe("access method; default btree") @Nullable Identifier method,

        @Describe("columns to store beside the keys") @Nullable
        List<Identifier> include,

        @Describe("condition of a partial index") @Nullable SqlExpression predicate,

        @Describe("storage parameters such as 'fillfactor=70'") @Nullable
        List<StorageParameter> storage,

        @Describe("where to store it; default: PostgreSQL's default_tablespace") @Nullable
        Identifier tablespaceName,

        @Describe("whether a unique index takes nulls as equal; default false; PostgreSQL 15 and newer") @Nullable
        Boolean nullsNotDistinct)
        implements Operation {

    public CreateIndex {
        if ((columnNames == null) == (expressions == null)) {
            throw new IllegalArgumentException("give either columnNames or expressions");
        }
    }

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "createIndex " + name());
        Table table = requirements.table(tableName);
        requirements.columns(
                table,
                Stream.concat(orEmpty(columnNames).stream(), orEmpty(include).stream())
                        .toList());
        orEmpty(expressions).forEach(expression -> requirements.expression("expressions", expression));
        if (predicate != null) {
            requirements.expression("predicate", predicate);
        }
        requirements.require(
                !Boolean.TRUE.equals(nullsNotDistinct) || catalog.serverVersion() >= 15,
                "nullsNotDistinct needs PostgreSQL 15; this server is " + catalog.serverVersion());
        requirements.check();
        QualifiedName index = table.name().sibling(name());
        Index existing = catalog.index(index).orElse(null);
        nameIsFree(catalog, table, index, existing, requirements);
        requirements.check();
        IndexDefinition definition =
                new IndexComparison(this, catalog, table.name(), requirements).definition(existing, tail());
        requirements.check();
        return new Plan(
                "createIndex " + name() + " on " + table.name(),
                IndexSteps.create(
                        index,
                        table.name(),
                        "CREATE %sINDEX CONCURRENTLY %s ON %s %s"
                                .formatted(
                                        Boolean.TRUE.equals(isUnique) ? "UNIQUE " : "",
                                        name().sql(),
                                        table.name().sql(),
                                        tail()),
                        definition),
                requirements.warnings());
    }

    private static void nameIsFree(
            Catalog catalog, Table table, QualifiedName name, @Nullable Index existing, Requirements requirements) {
        if (existing == null) {
            requirements.require(
                    !catalog.isRelationOtherThanIndex(name),
                    "the name " + name + " is taken by something that is not an index");
        } else {
            requirements.require(
                    existing.table().equals(table.name()),
                    "the name " + name + " is taken by an index on " + existing.table() + "; give another indexName");
        }
    }

    private Identifier name() {
        if (indexName != null) {
            return indexName;
        }
        String columns = columnNames == null
                ? "expr"
                : columnNames.stream().map(Identifier::value).collect(Collectors.joining("_"));
        return tableName.name().withSuffix("_" + columns + "_idx");
    }

    private String tail() {
        StringBuilder sql = new StringBuilder(method == null ? "" : "USING " + method.sql() + " ").append('(');
        sql.append(columnNames == null ? closed(orEmpty(expressions)) : joined(columnNames))
                .append(')');
        if (include != null) {
            sql.append(" INCLUDE (").append(joined(include)).append(')');
        }
        if (Boolean.TRUE.equals(nullsNotDistinct)) {
            sql.append(" NULLS NOT DISTINCT");
        }
        if (storage != null) {
            sql.append(" WITH (").append(joined(storage)).append(')');
        }
        if (tablespaceName != null) {
            sql.append(" TABLESPACE ").append(tablespaceName.sql());
        }
        return predicate == null ? sql.toString() : sql + " WHERE (" + predicate.closed() + ")";
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static String closed(List<SqlExpression> parts) {
        return parts.stream().map(SqlExpression::closed).collect(Collectors.joining(", "));
    }

    private static String joined(List<?> parts) {
        return parts.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
