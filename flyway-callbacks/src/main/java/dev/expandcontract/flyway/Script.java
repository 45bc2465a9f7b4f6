package dev.expandcontract.flyway;

import dev.expandcontract.error.Problem;
import java.util.ArrayList;
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

    /** Whether we run it instead of Flyway. */
    boolean isTakenOver() {
        return !problems.isEmpty() || parts.stream().anyMatch(Part::isOurs);
    }

    boolean isMixed() {
        long alone = parts.stream().filter(Part.Alone.class::isInstance).count();
        return alone > 0 && alone < parts.size();
    }

    /** All that stands in the way of taking it over. */
    List<Problem> allProblems() {
        List<Problem> all = new ArrayList<>(problems);
        if (isTakenOver()) {
            parts.stream()
                    .filter(Part.Unsupported.class::isInstance)
                    .map(Part.Unsupported.class::cast)
                    .map(part -> new Problem(name + ":" + part.line(), part.problem()))
                    .forEach(all::add);
        }
        return all;
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
