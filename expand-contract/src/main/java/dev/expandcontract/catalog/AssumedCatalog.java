package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.Optional;

/** For SQL output where there is no database to ask. */
record AssumedCatalog(int serverVersion) implements Catalog {
    @Override
    public Optional<Table> table(QualifiedName name) {
        return Optional.of(new Table(name, Table.Kind.ASSUMED, List.of(), List.of()));
    }

    @Override
    public List<QualifiedName> namesLike(QualifiedName name) {
        return List.of();
    }

    @Override
    public Optional<Index> index(QualifiedName name) {
        return Optional.empty();
    }

    @Override
    public boolean isRelationOtherThanIndex(QualifiedName name) {
        return false;
    }

    @Override
    public Optional<Constraint> constraint(QualifiedName table, Identifier name) {
        return Optional.empty();
    }

    @Override
    public Optional<Constraint> notNull(QualifiedName table, Identifier column) {
        return Optional.empty();
    }

    @Override
    public boolean isCoveredByIndex(QualifiedName table, List<Identifier> columns) {
        return true;
    }

    @Override
    public Optional<IndexDefinition> describeIndex(QualifiedName table, boolean isUnique, String tail) {
        return Optional.empty();
    }

    @Override
    public Optional<String> describeCheck(QualifiedName table, SqlExpression condition) {
        return Optional.empty();
    }

    @Override
    public Optional<String> rejection(String query) {
        return Optional.empty();
    }
}
