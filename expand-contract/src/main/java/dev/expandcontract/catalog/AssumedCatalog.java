package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * For SQL output where there is no database to ask, or one that is not yet as it will be.
 *
 * @param existing finds the tables that are there already
 */
record AssumedCatalog(int serverVersion, Function<QualifiedName, Optional<Table>> existing) implements Catalog {
    @Override
    public Optional<Table> table(QualifiedName name) {
        return existing.apply(name)
                .map(table -> new Table(table.name(), Table.Kind.ASSUMED, table.columns(), table.primaryKey()))
                .or(() -> Optional.of(new Table(name, Table.Kind.ASSUMED, List.of(), List.of())));
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
    public QualifiedName inCurrentSchema(QualifiedName name) {
        return name;
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
    public IndexDescription describeIndex(QualifiedName table, boolean isUnique, String tail) {
        return new IndexDescription(null, "there is no database to ask");
    }

    @Override
    public boolean isSame(QualifiedName table, SqlExpression one, SqlExpression other) {
        return one.equals(other);
    }

    @Override
    public Optional<String> rejection(String query) {
        return Optional.empty();
    }
}
