package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.ForegroundReport;
import dev.expandcontract.benchmarks.CaseReport.ForegroundRun;
import dev.expandcontract.benchmarks.CaseReport.Run;
import dev.expandcontract.benchmarks.CaseReport.SideReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Collects the runs of the sides, and makes medians and ratios of them. */
final class Results {
    private final Map<Side, SideRuns> bySide = new LinkedHashMap<>();
    private final List<ForegroundRun> alone = new ArrayList<>();

    private static final class SideRuns {
        final List<Run> runs = new ArrayList<>();
        final List<ForegroundRun> foreground = new ArrayList<>();

        @Nullable
        String refused;
    }

    Results(List<Side> inOrder) {
        inOrder.forEach(this::of);
    }

    void add(Side side, Run run) {
        of(side).runs.add(run);
    }

    void add(Side side, ForegroundRun run) {
        of(side).foreground.add(run);
    }

    void addAlone(ForegroundRun run) {
        alone.add(run);
    }

    /** The first reason stays. */
    void refuse(Side side, String reason) {
        SideRuns runs = of(side);
        runs.refused = runs.refused == null ? reason : runs.refused;
    }

    ForegroundReport foreground(String generator, double capacity, double rate) {
        return new ForegroundReport(
                null, generator, Pgbench.CLIENTS, capacity, rate, median(alone, ForegroundRun::p99Ms), alone);
    }

    List<SideReport> sides() {
        List<Run> base = bySide.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(Sides.BASE))
                .findFirst()
                .map(entry -> entry.getValue().runs)
                .orElse(List.of());
        return bySide.entrySet().stream()
                .map(entry -> report(entry.getKey(), entry.getValue(), base))
                .toList();
    }

    private SideReport report(Side side, SideRuns runs, List<Run> base) {
        Double rowsPerSecond = median(runs.runs, Run::rowsPerSecond);
        Double walBytes = median(runs.runs, Run::walBytes);
        Double p99 = median(runs.foreground, ForegroundRun::p99Ms);
        return new SideReport(
                side.name(),
                side.description(),
                rowsPerSecond,
                walBytes == null ? null : Math.round(walBytes),
                ratio(rowsPerSecond, median(base, Run::rowsPerSecond)),
                ratio(walBytes, median(base, Run::walBytes)),
                median(runs.runs, Run::indexGrowth),
                p99,
                ratio(p99, median(alone, ForegroundRun::p99Ms)),
                median(runs.foreground, ForegroundRun::rowsPerSecond),
                runs.runs,
                runs.foreground,
                runs.refused);
    }

    private SideRuns of(Side side) {
        return bySide.computeIfAbsent(side, unused -> new SideRuns());
    }

    private static @Nullable Double ratio(@Nullable Double figure, @Nullable Double base) {
        return figure == null || base == null ? null : figure / base;
    }

    private static <T> @Nullable Double median(Collection<T> runs, ToDoubleFunction<T> figure) {
        OptionalDouble median = Statistics.median(runs, figure);
        return median.isPresent() ? median.getAsDouble() : null;
    }
}
