package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.SideReport;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A bar per side, as long as its ratio to the one big UPDATE; lines at 1 and at the limit. */
final class BarChart {
    private static final int BAR = 26;
    private static final int TOP = 64;
    private static final int LEFT = 190;
    private static final int WIDTH = 560;
    private static final int RIGHT = 130;

    private final CaseReport report;
    private final List<SideReport> bars;
    private final double scale;
    private final Formatter svg = new Formatter(Locale.ROOT);

    private BarChart(CaseReport report) {
        this.report = report;
        this.bars = report.sides().stream()
                .filter(side -> side.ratioToSingleUpdate() != null)
                .toList();
        this.scale = WIDTH / bars.stream().mapToDouble(BarChart::ratio).reduce(1, Math::max);
    }

    /** SVG; without bars where there is no ratio. */
    static String of(CaseReport report) {
        return new BarChart(report).draw();
    }

    private String draw() {
        int bottom = TOP + bars.size() * BAR;
        svg.format("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                """, LEFT + WIDTH + RIGHT, bottom + 24);
        svg.format(
                "<text x=\"8\" y=\"20\" font-size=\"15\">Backfill, case %s: %s, %,d rows</text>%n",
                report.caseName(), report.description(), report.rows());
        svg.format(
                "<text x=\"8\" y=\"38\">Rows per second as a ratio to one big UPDATE, median of %d; %d cores, PostgreSQL %s</text>%n",
                report.repeats(), report.machine().cores(), report.settings().get("server_version"));
        for (int i = 0; i < bars.size(); i++) {
            bar(bars.get(i), TOP + i * BAR);
        }
        line(1, "1.0", "#555", bottom);
        bars.stream()
                .filter(side -> side.side().equals(Sides.LIMIT))
                .forEach(side -> line(ratio(side), "limit", "#b00", bottom));
        return svg.format("</svg>%n").toString();
    }

    private void bar(SideReport side, int y) {
        String color =
                EngineSide.isNamed(side.side()) ? "#2b6cb0" : side.side().equals(Sides.LIMIT) ? "#ddd" : "#a0aec0";
        svg.format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", LEFT - 8, y + 16, side.side());
        svg.format(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LEFT, y + 3, ratio(side) * scale, BAR - 8, color);
        svg.format(
                "<text x=\"%.1f\" y=\"%d\">%.2f (%,.0f rows/s)</text>%n",
                LEFT + ratio(side) * scale + 5, y + 16, ratio(side), side.rowsPerSecond());
    }

    private void line(double ratio, String label, String color, int bottom) {
        double x = LEFT + ratio * scale;
        svg.format(
                "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"%4$s\" stroke-dasharray=\"4 3\"/>%n",
                x, TOP - 4, bottom + 4, color);
        svg.format(
                "<text x=\"%.1f\" y=\"%d\" fill=\"%s\" text-anchor=\"middle\">%s</text>%n",
                x, bottom + 17, color, label);
    }

    private static double ratio(SideReport side) {
        Double ratio = side.ratioToSingleUpdate();
        return ratio == null ? 0 : ratio;
    }
}
