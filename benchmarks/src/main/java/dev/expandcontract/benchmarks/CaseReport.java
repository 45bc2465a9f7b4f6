package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.Targets.Target;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of one case: as JSON, the names in snake_case. */
record CaseReport(
        String benchmark,
        String caseName,
        String description,
        String started,
        long rows,
        int repeats,
        Machine machine,
        Map<String, String> settings,
        TableSize table,
        ForegroundReport foreground,
        List<SideReport> sides,
        List<Target> targets) {
    CaseReport {
        settings = Map.copyOf(settings);
        sides = List.copyOf(sides);
        targets = List.copyOf(targets);
    }

    /** Before it is filled. */
    record TableSize(long heapBytes, long indexBytes) {}

    /** @param missing why there are no figures; null if there are */
    record ForegroundReport(
            @Nullable String missing,
            @Nullable String generator,
            int clients,
            @Nullable Double capacityPerSecond,
            @Nullable Double ratePerSecond,
            @Nullable Double p99AloneMs,
            List<ForegroundRun> alone) {
        ForegroundReport {
            alone = List.copyOf(alone);
        }

        static ForegroundReport missing(String reason) {
            return new ForegroundReport(reason, null, 0, null, null, null, List.of());
        }
    }

    /**
     * Medians; null where there was no run.
     *
     * @param refused why there are no figures, or not all; null if there are
     */
    record SideReport(
            String side,
            String description,
            @Nullable Double rowsPerSecond,
            @Nullable Long walBytes,
            @Nullable Double ratioToSingleUpdate,
            @Nullable Double walRatioToSingleUpdate,
            @Nullable Double indexGrowth,
            @Nullable Double foregroundP99Ms,
            @Nullable Double foregroundP99RatioToAlone,
            @Nullable Double foregroundRowsPerSecond,
            List<Run> runs,
            List<ForegroundRun> foregroundRuns,
            @Nullable String refused) {
        SideReport {
            runs = List.copyOf(runs);
            foregroundRuns = List.copyOf(foregroundRuns);
        }
    }

    /**
     * A side alone on the machine.
     *
     * @param indexGrowth size of all indexes afterwards to that before
     * @param profile how many of its sessions were at what, on average; empty where that was not asked for
     */
    record Run(
            int repeat,
            double seconds,
            double rowsPerSecond,
            long walBytes,
            double indexGrowth,
            Map<String, Double> profile) {
        Run {
            profile = Map.copyOf(profile);
        }
    }

    /** A side beside pgbench, or pgbench alone, then without rows. */
    record ForegroundRun(int repeat, double p99Ms, long transactions, double seconds, double rowsPerSecond) {}
}
