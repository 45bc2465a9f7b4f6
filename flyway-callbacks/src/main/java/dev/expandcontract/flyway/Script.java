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
    private static final int WORTH_READING = 100_000;

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
        return !StatementLocks.of(statements()).isEmpty();
    }

    boolean setsLockTimeout() {
        return parts.stream()
                .filter(part -> part instanceof Part.SessionSetting
                        || (part instanceof Part.Plain plain && plain.reach() == Reach.TRANSACTION))
                .anyMatch(part -> sql(part).toUpperCase(Locale.ROOT).contains("LOCK_TIMEOUT"));
    }

    /**
     * Its statements as one text, for finding out what they lock. One that is too long to be looked through (rows to be
     * inserted, as a rule) has another of its kind in its place.
     */
    String statements() {
        return parts.stream()
                .map(Script::sql)
                .map(sql -> sql.length() < WORTH_READING
                        ? sql
                        : sql.regionMatches(true, 0, "INSERT", 0, 6) ? "INSERT INTO rows" : "DO ''")
                .collect(Collectors.joining(";\n"));
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
