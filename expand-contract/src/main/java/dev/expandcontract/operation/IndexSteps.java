package dev.expandcontract.operation;

import dev.expandcontract.catalog.IndexBuild;
import dev.expandcontract.catalog.IndexDefinition;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlLiteral;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps by which indexes come and go. */
final class IndexSteps {
    private IndexSteps() {}

    /**
     * Waits for an orphaned build, removes an invalid leftover, builds.
     *
     * @param definition what the statement comes to; null if that is not known, then an index that is there is none of
     *     ours
     */
    static List<Step> create(
            QualifiedName index, QualifiedName table, String statement, @Nullable IndexDefinition definition) {
        Step dropInvalid = dropInvalid(index, table);
        Step build = Step.longRunning(
                "Build index " + index + " on " + table,
                statement,
                lock(table),
                new DoneWhen.Catalogue(definition == null ? "false" : definition.isThatOf(index, table)));
        return List.of(
                awaitBuild(index),
                dropInvalid,
                build.cleanedUpBy(dropInvalid.doneWhen(new DoneWhen.Catalogue(
                                "NOT " + isInvalid(index, table) + " OR " + isBeingBuilt(index))))
                        .undoneBy(drop(index, table)));
    }

    static Step drop(QualifiedName index, QualifiedName table) {
        return dropConcurrently("Drop index " + index, index, table);
    }

    /**
     * Somebody else may have completed the index by the time that DROP INDEX CONCURRENTLY, which runs in no transaction,
     * gets its lock. So it is looked at under a lock that no build runs beside, and renamed: whatever has its name later
     * is another one. A build that is about to commit no longer holds its lock; that asks for another try.
     */
    private static Step dropInvalid(QualifiedName index, QualifiedName table) {
        QualifiedName leftover = index.sibling(index.name().withSuffix("_expand_contract_leftover"));
        String rename = """
                BEGIN
                    IF %s THEN
                        RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = 'the index is being completed';
                    END IF;
                    IF %s THEN
                        ALTER INDEX %s RENAME TO %s;
                    END IF;
                END""".formatted(
                        isBeingBuilt(index),
                        isInvalid(index, table),
                        index.sql(),
                        leftover.name().sql());
        Step setAside = Step.shortly(
                "Rename the invalid index " + index + " to " + leftover.name(),
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nLOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE;\nDO %s"
                        .formatted(table.sql(), SqlLiteral.of(rename)),
                lock(table),
                new DoneWhen.Catalogue("NOT " + isInvalid(index, table)));
        Step drop = dropConcurrently("Drop the invalid index " + leftover, leftover, table);
        return new Step(
                "Drop the invalid index " + index + " that a failed build left",
                new Action.Series(dropStatement(index), List.of(drop, setAside, drop)),
                lock(table),
                new DoneWhen.Catalogue("NOT " + isInvalid(index, table) + " AND " + isGone(leftover)),
                null);
    }

    private static Step dropConcurrently(String description, QualifiedName index, QualifiedName table) {
        return Step.longRunning(description, dropStatement(index), lock(table), new DoneWhen.Catalogue(isGone(index)));
    }

    private static String dropStatement(QualifiedName index) {
        return "DROP INDEX CONCURRENTLY IF EXISTS " + index.sql();
    }

    /** The server goes on building for a moment after its client was killed. */
    private static Step awaitBuild(QualifiedName index) {
        return new Step(
                "Wait for a build of index " + index + " that is still running",
                new Action.Await(IndexBuild.sessions(regclass(index))),
                List.of(),
                new DoneWhen.Catalogue("NOT " + isBeingBuilt(index)),
                null);
    }

    private static String isBeingBuilt(QualifiedName index) {
        return "EXISTS (" + IndexBuild.sessions(regclass(index)) + ")";
    }

    private static String isInvalid(QualifiedName index, QualifiedName table) {
        return "EXISTS (SELECT FROM pg_index WHERE indexrelid = %s AND indrelid = %s"
                        .formatted(regclass(index), regclass(table))
                + " AND NOT (indisvalid AND indisready AND indislive))";
    }

    private static String isGone(QualifiedName index) {
        return regclass(index) + " IS NULL";
    }

    private static List<Lock> lock(QualifiedName table) {
        return List.of(new Lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE));
    }

    private static String regclass(QualifiedName name) {
        return "to_regclass(" + SqlLiteral.of(name.sql()) + ")";
    }
}
