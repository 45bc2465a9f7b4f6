package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.Plan;

/**
 * One thing that a migration author asks for.
 *
 * <p>The permitted records are the catalogue of operations: from their components come the attributes in Liquibase and
 * in Flyway, the XSD and the documentation.
 */
public sealed interface Operation
        permits AddCheck,
                AddForeignKey,
                AddNotNull,
                AwaitBackfill,
                Backfill,
                CopyRows,
                CreateIndex,
                DeleteRows,
                DropIndex,
                Sql,
                ValidateConstraint {

    /**
     * What it comes to on this database. Reads only.
     *
     * @throws dev.expandcontract.error.InvalidOperation with all problems, if it can't be done here
     */
    Plan plan(Catalog catalog);
}
