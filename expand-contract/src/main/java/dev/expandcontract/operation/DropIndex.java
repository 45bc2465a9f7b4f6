package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Index;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;

@Describe("Drops an index with DROP INDEX CONCURRENTLY: no reader or writer waits.")
@NoUndo("The index's definition is gone with it: write a createIndex as the rollback.")
public record DropIndex(
        @Describe("the index, name or schema.name") QualifiedName indexName) implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        String subject = "dropIndex " + indexName.sql();
        Requirements requirements = new Requirements(catalog, subject);
        QualifiedName name = catalog.inCurrentSchema(indexName);
        Index index = catalog.index(name).orElse(null);
        if (index == null) {
            isNowhere(name, catalog, requirements);
            requirements.check();
            return new Plan(subject, List.of(IndexSteps.drop(name, name)));
        }
        requirements.require(
                !index.isConstraint(),
                "index " + index.name() + " belongs to a constraint; drop the constraint instead");
        requirements.check();
        return new Plan("dropIndex " + index.name(), List.of(IndexSteps.drop(index.name(), index.table())));
    }

    /** Along the search path, a second run would find the next index of that name. */
    private void isNowhere(QualifiedName name, Catalog catalog, Requirements requirements) {
        requirements.require(!catalog.isRelationOtherThanIndex(name), name + " is not an index");
        catalog.index(indexName)
                .ifPresent(other -> requirements.problem("there is no index " + name
                        + "; a name without a schema is looked for in the current schema only. If you mean "
                        + other.name() + ", write that name"));
    }
}
