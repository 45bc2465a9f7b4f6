package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.SideReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What this engine is wanted to reach, in every case. */
final class Targets {
    private static final double ONE_WORKER = 1.0;
    private static final double TWO_WORKERS = 1.8;
    private static final double WAL = 1.03;
    private static final double TIMES_UPDATE_FROM_BATCH = 3;
    private static final double FOREGROUND = 1.5;

    private final List<Target> targets = new ArrayList<>();

    private Targets() {}

    /** @param bound {@code >=} or {@code <=} */
    record Target(String side, String figure, double is, String bound, double wanted, boolean reached) {
        @Override
        public String toString() {
            String missed = reached ? "" : ": missed by %.0f %%";
            return String.format(
                    Locale.ROOT,
                    "%-8s %s, %s: %.2f, wanted %s %.2f" + missed,
                    reached ? "reached" : "MISSED",
                    side,
                    figure,
                    is,
                    bound,
                    wanted,
                    100 * Math.abs(is / wanted - 1));
        }
    }

    /** Those whose figures were measured. */
    static List<Target> of(List<SideReport> sides) {
        var targets = new Targets();
        Double fromBatch = sides.stream()
                .filter(side -> side.side().equals(UpdateFromBatch.NAME))
                .findFirst()
                .map(SideReport::rowsPerSecond)
                .orElse(null);
        sides.forEach(side -> targets.add(side, fromBatch));
        return List.copyOf(targets.targets);
    }

    private void add(SideReport report, @Nullable Double fromBatch) {
        String side = report.side();
        if (EngineSide.isNamed(side, 1, EngineSide.Speed.FULL)) {
            atLeast(side, "rows/s to " + Sides.BASE, report.ratioToSingleUpdate(), ONE_WORKER);
        }
        if (EngineSide.isNamed(side, 2, EngineSide.Speed.FULL)) {
            atLeast(side, "rows/s to " + Sides.BASE, report.ratioToSingleUpdate(), TWO_WORKERS);
        }
        if (EngineSide.isNamed(side, EngineSide.Speed.FULL)) {
            atMost(side, "WAL to " + Sides.BASE, report.walRatioToSingleUpdate(), WAL);
            Double rate = report.rowsPerSecond();
            Double times = rate == null || fromBatch == null ? null : Double.valueOf(rate / fromBatch);
            atLeast(side, "rows/s to " + UpdateFromBatch.NAME, times, TIMES_UPDATE_FROM_BATCH);
        }
        if (EngineSide.isNamed(side, EngineSide.Speed.GENTLE)) {
            atMost(side, "p99 of pgbench to alone", report.foregroundP99RatioToAlone(), FOREGROUND);
        }
    }

    private void atLeast(String side, String figure, @Nullable Double is, double wanted) {
        if (is != null) {
            targets.add(new Target(side, figure, is, ">=", wanted, is >= wanted));
        }
    }

    private void atMost(String side, String figure, @Nullable Double is, double wanted) {
        if (is != null) {
            targets.add(new Target(side, figure, is, "<=", wanted, is <= wanted));
        }
    }
}
