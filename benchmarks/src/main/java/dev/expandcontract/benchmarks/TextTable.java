package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.SideReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The results, readable in a terminal and as Markdown. */
final class TextTable {
    private static final String ROW = "| %-24s | %9s | %6s | %8s | %6s | %7s | %10s | %6s | %9s |%n";

    private TextTable() {}

    static String of(CaseReport report) {
        StringBuilder text = new StringBuilder(
                ROW.formatted("side", "rows/s", "ratio", "WAL MB", "ratio", "indexes", "p99 ms", "ratio", "rows/s"));
        text.append(rule());
        report.sides().forEach(side -> text.append(row(side)));
        text.append(meaning(report));
        report.sides().stream()
                .filter(side -> side.refused() != null)
                .forEach(side -> text.append("%n%s: %s".formatted(side.side(), side.refused())));
        report.targets().forEach(target -> text.append("%n%s".formatted(target)));
        return text.append("%n".formatted()).toString();
    }

    private static String row(SideReport side) {
        Long wal = side.walBytes();
        return ROW.formatted(
                side.side(),
                figure("%,.0f", side.rowsPerSecond()),
                figure("%.2f", side.ratioToSingleUpdate()),
                figure("%,.0f", wal == null ? null : Double.valueOf(wal / 1e6)),
                figure("%.2f", side.walRatioToSingleUpdate()),
                figure("%.2f", side.indexGrowth()),
                figure("%,.1f", side.foregroundP99Ms()),
                figure("%.1f", side.foregroundP99RatioToAlone()),
                figure("%,.0f", side.foregroundRowsPerSecond()));
    }

    private static String meaning(CaseReport report) {
        var foreground = report.foreground();
        Double alone = foreground.p99AloneMs();
        String beside = alone == null
                ? "there are no such figures: " + foreground.missing()
                : String.format(
                        Locale.ROOT,
                        "%,.0f transactions/s, half of what it gets; alone its p99 is %.1f ms",
                        foreground.ratePerSecond(),
                        alone);
        return """

                Medians of %d; ratios to %s, and of p99 to pgbench alone. Indexes: their size afterwards to that before.
                The last three columns: beside pgbench at a fixed rate (%s).
                """.formatted(report.repeats(), Sides.BASE, beside);
    }

    private static String rule() {
        List<String> cells = new ArrayList<>();
        for (int width : new int[] {24, 9, 6, 8, 6, 7, 10, 6, 9}) {
            cells.add("-".repeat(width + 1) + (cells.isEmpty() ? "-" : ":"));
        }
        return "|" + String.join("|", cells) + "|\n";
    }

    private static String figure(String format, @Nullable Double figure) {
        return figure == null ? "" : String.format(Locale.ROOT, format, figure);
    }
}
