package dev.expandcontract.run;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A plan as SQL that a person runs by hand, in autocommit mode and stopping at the first error. It does once what the
 * runner does again and again: it doesn't retry locks, and what is done already is left out when it is written, not when
 * it is run.
 */
public final class Script {
    private final Catalog catalog;
    private final Settings settings;
    private final Remaining remaining;
    private final @Nullable Identifier schema;

    /** @param schema where names are looked up first; null where that is left to the session that runs it */
    public Script(Catalog catalog, Settings settings, Remaining remaining, @Nullable Identifier schema) {
        this.catalog = catalog;
        this.settings = settings;
        this.remaining = remaining;
        this.schema = schema;
    }

    /** One text for each step: what it is as a comment, then its statements, the last one without a semicolon. */
    public List<String> of(Plan plan) {
        List<Step> steps = remaining.steps(plan);
        return Stream.concat(
                        plan.warnings().stream().map(warning -> comment("Note: " + warning)),
                        steps.isEmpty()
                                ? Stream.of(comment(plan.subject() + ": done already"))
                                : steps.stream().map(this::text))
                .toList();
    }

    private String text(Step step) {
        return comment(step.description() + " (lock: " + step.lockText() + ")") + "\n" + statements(step);
    }

    private String statements(Step step) {
        if (step.action() instanceof Action.ShortTransaction action) {
            return "BEGIN;\n%sSET LOCAL lock_timeout = '%dms';\n%s\nCOMMIT"
                    .formatted(searchPath("SET LOCAL"), settings.lockTimeout().toMillis(), ended(action.sql()));
        }
        if (step.action() instanceof Action.LongStatement action) {
            return afterwards(action) + inSchema(withoutEnd(action.sql()));
        }
        if (step.action() instanceof Action.AwaitBackfill) {
            return comment("Unless SQL like this has done it, wait here until this says finished:\n"
                    + ended(step.action().sql()));
        }
        return step.action() instanceof Action.Batches batches
                ? inSchema(new BatchesScript(catalog, batches).sql())
                : inSchema(step.action().sql());
    }

    /** For what can't be in a transaction with its setting. */
    private String inSchema(String sql) {
        return schema == null ? sql : searchPath("SET") + ended(sql) + "\nRESET search_path";
    }

    private String searchPath(String set) {
        return schema == null ? "" : set + " search_path = " + schema.sql() + ", \"$user\", public;\n";
    }

    private static String afterwards(Action.LongStatement action) {
        return action.cleanUp() == null
                ? ""
                : comment("If it fails, before the next try: "
                                + action.cleanUp().action().sql()) + "\n";
    }

    private static String withoutEnd(String sql) {
        return sql.strip().replaceFirst("(?:\\s*;)+$", "");
    }

    /** A comment at the end must not hide the semicolon. */
    private static String ended(String sql) {
        String statements = withoutEnd(sql);
        return statements + (statements.lines().reduce("", (a, b) -> b).contains("--") ? "\n;" : ";");
    }

    private static String comment(String text) {
        return text.lines().map(line -> "-- " + line).collect(Collectors.joining("\n"));
    }
}
