package dev.expandcontract.samples.shop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result, readable in a terminal of 100 columns. */
final class Table {
    private static final String MEANING = """

            slowest  the longest that one statement of the application took, with the time that it waited;
                     one of its own transactions holds locks for up to 0.5 s, which others may wait for
            errors   seen by the application; it gives up on a statement after 5 s
            """;
    private static final String CELLS = "%10s %9s %8s";

    private Table() {}

    static String of(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(line("operation", heading()));
        lines.add(rule(1));
        rows.forEach(row -> lines.add(line(row.operation(), cells(row))));
        return print(lines) + firstErrors("", rows);
    }

    static String of(List<Row> online, List<Row> plain) {
        List<String> lines = new ArrayList<>();
        lines.add(line("", "%29s   | %29s".formatted("with the pack", "without the pack")));
        lines.add(line("operation", heading() + "   | " + heading()));
        lines.add(rule(2));
        for (int i = 0; i < Math.max(online.size(), plain.size()); i++) {
            String operation = (i < online.size() ? online : plain).get(i).operation();
            lines.add(line(operation, cells(online, i) + "   | " + cells(plain, i)));
        }
        return print(lines) + firstErrors("with: ", online) + firstErrors("without: ", plain);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }

    private static String heading() {
        return CELLS.formatted("time", "slowest", "errors");
    }

    private static String cells(List<Row> rows, int index) {
        return index < rows.size() ? cells(rows.get(index)) : CELLS.formatted("failed", "", "");
    }

    private static String cells(Row row) {
        return String.format(Locale.ROOT, "%10s %9s %,8d", seconds(row.time()), seconds(row.slowest()), row.errors());
    }

    private static String line(String operation, String cells) {
        return ("%-28s".formatted(operation) + cells).stripTrailing();
    }

    private static String rule(int tables) {
        return "-".repeat(28 + 29 * tables + 5 * (tables - 1));
    }

    private static String print(List<String> lines) {
        return String.join("\n", lines) + "\n" + MEANING;
    }

    private static String firstErrors(String which, List<Row> rows) {
        StringBuilder text = new StringBuilder();
        rows.stream()
                .filter(row -> row.errors() > 0)
                .forEach(row -> text.append("%sfirst error during \"%s\": %s%n"
                        .formatted(
                                which,
                                row.operation(),
                                row.firstError().lines().findFirst().orElse(""))));
        return text.isEmpty() ? "" : "\n" + text;
    }
}
