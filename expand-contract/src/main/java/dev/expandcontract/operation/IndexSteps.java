package dev.expandcontract.operation;

import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.LockMode;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;

/** The steps by which indexes come and go. */
final class IndexSteps {
    private IndexSteps() {}

    /** Waits for an orphaned build, removes an invalid leftover, builds. */
    static List<Step> create(QualifiedName index, QualifiedName table, String statement) {
        Step dropInvalid = dropConcurrently(
                "Drop the invalid index " + index + " that a failed build left",
                index,
                table,
                "NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = " + regclass(index)
                        + " AND NOT (indisvalid AND indisready AND indislive))");
        Step build = Step.longRunning(
                "Build index " + index + " on " + table,
                statement,
                List.of(new Lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                new DoneWhen.Catalogue("EXISTS (SELECT FROM pg_index WHERE indexrelid = " + regclass(index)
                        + " AND indisvalid AND indisready AND indislive)"));
        return List.of(
                awaitBuild(index), dropInvalid, build.cleanedUpBy(dropInvalid).undoneBy(drop(index, table)));
    }

    static Step drop(QualifiedName index, QualifiedName table) {
        return dropConcurrently("Drop index " + index, index, table, regclass(index) + " IS NULL");
    }

    private static Step dropConcurrently(
            String description, QualifiedName index, QualifiedName table, String doneWhen) {
        return Step.longRunning(
                description,
                "DROP INDEX CONCURRENTLY IF EXISTS " + index.sql(),
                List.of(new Lock(table, LockMode.SHARE_UPDATE_EXCLUSIVE)),
                new DoneWhen.Catalogue(doneWhen));
    }

    /** The server goes on building for a moment after its client was killed. */
    private static Step awaitBuild(QualifiedName index) {
        String builders = "SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = " + regclass(index)
                + " AND pid <> pg_backend_pid()";
        return new Step(
                "Wait for a build of index " + index + " that is still running",
                new Action.Await(builders),
                List.of(),
                new DoneWhen.Catalogue("NOT EXISTS (" + builders + ")"),
                null);
    }

    private static String regclass(QualifiedName name) {
        return "to_regclass(" + SqlLiteral.of(name.sql()) + ")";
    }
}
