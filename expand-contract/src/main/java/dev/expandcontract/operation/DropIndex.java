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
        Index index = catalog.index(indexName).orElse(null);
        if (index == null) {
            requirements.require(!catalog.isRelationOtherThanIndex(indexName), indexName + " is not an index");
            requirements.check();
            return new Plan(subject, List.of(IndexSteps.drop(indexName, indexName)));
        }
        requirements.require(
                !index.isConstraint(),
                "index " + index.name() + " belongs to a constraint; drop the constraint instead");
        requirements.check();
        return new Plan("dropIndex " + index.name(), List.of(IndexSteps.drop(index.name(), index.table())));
    }
}
