package dev.expandcontract.flyway;

import dev.expandcontract.error.Problem;
import dev.expandcontract.plan.StatementLocks;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A script, read.
 *
 * @param parts its statements in their order
 * @param problems what is wrong with its online calls, with file and line
 */
record Script(String name, List<Part> parts, List<Problem> problems) {

    /** Whether it was written for us: then nobody else can run it. */
    boolean hasCalls() {
        return !problems.isEmpty() || parts.stream().anyMatch(Part.Online.class::isInstance);
    }

    /** Whether Flyway can't run it as it should be run, though it would try. */
    boolean hasConcurrentStatements() {
        return parts.stream().anyMatch(Part::isConcurrent);
    }

    boolean isMixed() {
        long alone = parts.stream().filter(Part.Alone.class::isInstance).count();
        return alone > 0 && alone < parts.size();
    }

    /** Whether it makes readers or writers wait. */
    boolean blocksAnybody() {
        return !StatementLocks.of(definitions()).isEmpty();
    }

    boolean setsLockTimeout() {
        return parts.stream()
                .filter(part -> part instanceof Part.SessionSetting
                        || (part instanceof Part.Plain plain && plain.reach() == Reach.TRANSACTION))
                .anyMatch(part -> sql(part).toUpperCase(Locale.ROOT).contains("LOCK_TIMEOUT"));
    }

    /** The statements that may lock tables, or say how to; rows to be inserted would only be long to look through. */
    String definitions() {
        return parts.stream()
                .map(Script::sql)
                .filter(sql -> sql.length() < 100_000)
                .filter(sql -> isDefinition(sql.toUpperCase(Locale.ROOT)))
                .collect(Collectors.joining(";\n"));
    }

    private static boolean isDefinition(String sql) {
        return sql.startsWith("ALTER")
                || sql.startsWith("CREATE")
                || sql.startsWith("DROP")
                || sql.startsWith("TRUNCATE")
                || sql.contains("LOCK_TIMEOUT");
    }

    private static String sql(Part part) {
        if (part instanceof Part.Plain plain) {
            return plain.sql();
        }
        if (part instanceof Part.SessionSetting setting) {
            return setting.sql();
        }
        return part instanceof Part.Alone alone ? alone.sql() : "";
    }
}
