package dev.expandcontract.operation;

import dev.expandcontract.catalog.IndexBuild;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlLiteral;
import java.util.List;

/** The steps by which indexes come and go. */
final class IndexSteps {
    private static final String USABLE = "indisvalid AND indisready AND indislive";

    private IndexSteps() {}

    /** Waits for an orphaned build, removes an invalid leftover, builds. */
    static List<Step> create(QualifiedName index, QualifiedName table, String statement) {
        Step dropInvalid = dropInvalid(index, table);
        Step build = Step.longRunning(
                "Build index " + index + " on " + table,
                statement,
                lock(table),
                new DoneWhen.Catalogue(exists(index, table, USABLE)));
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
     * is another one.
     */
    private static Step dropInvalid(QualifiedName index, QualifiedName table) {
        QualifiedName leftover = index.sibling(index.name().withSuffix("_expand_contract_leftover"));
        String rename = "BEGIN IF %s THEN ALTER INDEX %s RENAME TO %s; END IF; END"
                .formatted(isInvalid(index, table), index.sql(), leftover.name().sql());
        Step setAside = Step.shortly(
                "Rename the invalid index " + index + " to " + leftover.name(),
                "LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE;\nDO %s".formatted(table.sql(), SqlLiteral.of(rename)),
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
        return exists(index, table, "NOT (" + USABLE + ")");
    }

    private static String exists(QualifiedName index, QualifiedName table, String condition) {
        return "EXISTS (SELECT FROM pg_index WHERE indexrelid = %s AND indrelid = %s AND %s)"
                .formatted(regclass(index), regclass(table), condition);
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
