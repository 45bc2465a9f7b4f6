package dev.expandcontract.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be measured.
 *
 * @param rows null: as many as the case has by default
 * @param foreground runs of each side beside pgbench
 * @param foregroundSeconds how long pgbench runs alone
 * @param settings of the server, over those of the case
 */
record Request(
        List<BenchmarkCase> cases,
        @Nullable Long rows,
        List<Side> sides,
        int repeats,
        int foreground,
        int foregroundSeconds,
        boolean profile,
        Map<String, String> settings,
        Path directory,
        Path results) {
    Request {
        cases = List.copyOf(cases);
        sides = List.copyOf(sides);
        settings = Map.copyOf(settings);
    }

    long rows(BenchmarkCase what) {
        return rows == null ? what.defaultRows() : rows;
    }
}
