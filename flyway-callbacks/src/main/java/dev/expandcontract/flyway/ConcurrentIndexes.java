package dev.expandcontract.flyway;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Index;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.catalog.UnnamedIndex;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.operation.CreateIndex;
import dev.expandcontract.operation.DropIndex;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import dev.expandcontract.sql.Identifier;
import java.util.Optional;

/** What {@code CREATE} and {@code DROP INDEX CONCURRENTLY}, as PostgreSQL means them, come to as operations. */
final class ConcurrentIndexes {
    private static final String NAME = "indexName";

    private final Runner runner;
    private final Target target;

    ConcurrentIndexes(Runner runner, Target target) {
        this.runner = runner;
        this.target = target;
    }

    /** Whether PostgreSQL would say that there is nothing to do. */
    boolean isIdle(Part.ConcurrentIndex index) {
        return index.isConditional() && index.operation() instanceof CreateIndex create && isThere(create);
    }

    /**
     * The operation, if there is one for it: not on a materialized view, and not where PostgreSQL does not tell us the
     * name it would choose.
     *
     * @throws InvalidOperation if there is nothing to drop
     */
    Optional<Operation> operation(Part.ConcurrentIndex index, Origin origin) {
        if (index.operation() instanceof CreateIndex create) {
            Optional<Table> table = catalog().table(create.tableName());
            if (table.filter(found -> found.kind() == Table.Kind.MATERIALIZED_VIEW)
                    .isPresent()) {
                return Optional.empty();
            }
            String unnamed = index.unnamed();
            return unnamed == null || table.isEmpty()
                    ? Optional.of(create)
                    : name(create, table.get(), unnamed, origin).map(name -> named(create, name));
        }
        if (!index.isConditional() && index.operation() instanceof DropIndex drop) {
            requireThere(drop, origin);
        }
        return Optional.of(index.operation());
    }

    /** A build that was begun keeps the name that it has. */
    private Optional<Identifier> name(CreateIndex create, Table table, String unnamed, Origin origin) {
        return runner.begun(target, origin, NAME)
                .filter(name -> !name.isEmpty())
                .map(Identifier::parse)
                .or(() -> UnnamedIndex.name(
                        target.connection(), table.name(), Boolean.TRUE.equals(create.isUnique()), unnamed));
    }

    /** A run that was killed may have dropped it already. */
    private void requireThere(DropIndex drop, Origin origin) {
        if (catalog().index(drop.indexName()).isEmpty()
                && runner.begun(target, origin, NAME).isEmpty()) {
            throw new InvalidOperation("index " + drop.indexName()
                    + " does not exist. Correct its name, or write DROP INDEX CONCURRENTLY IF EXISTS");
        }
    }

    private boolean isThere(CreateIndex create) {
        Identifier name = create.indexName();
        return name != null
                && catalog()
                        .table(create.tableName())
                        .flatMap(table -> catalog().index(table.name().sibling(name)))
                        .filter(Index::isUsable)
                        .isPresent();
    }

    private Catalog catalog() {
        return Catalog.of(target.connection());
    }

    private static CreateIndex named(CreateIndex index, Identifier name) {
        return new CreateIndex(
                index.tableName(),
                index.columnNames(),
                index.expressions(),
                name,
                index.isUnique(),
                index.method(),
                index.include(),
                index.predicate(),
                index.storage(),
                index.tablespaceName(),
                index.nullsNotDistinct());
    }
}
