package dev.expandcontract.benchmarks;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.expandcontract.benchmarks.CaseReport.ForegroundReport;
import dev.expandcontract.benchmarks.CaseReport.SideReport;
import dev.expandcontract.benchmarks.CaseReport.TableSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Writes the results of one case to its files, which the next run of the case with as many rows replaces. */
record Reports(
        Request request,
        BenchmarkCase what,
        long rows,
        Instant started,
        Map<String, String> settings,
        TableSize table) {
    /** The table for people. */
    String write(Results results, ForegroundReport foreground) throws IOException {
        List<SideReport> sides = results.sides();
        var report = new CaseReport(
                "backfill",
                what.label(),
                what.description(),
                started.toString(),
                rows,
                request.repeats(),
                Machine.here(request.directory()),
                settings,
                table,
                foreground,
                sides,
                Targets.of(sides));
        Path json = file("json");
        Path plot = file("svg");
        Files.writeString(json, json(report));
        Files.writeString(plot, BarChart.of(report));
        return "%n%s%nWritten to %s and %s".formatted(TextTable.of(report), json, plot);
    }

    private Path file(String extension) {
        return request.results().resolve("backfill-%s-%d.%s".formatted(what.label(), rows, extension));
    }

    static String json(CaseReport report) throws IOException {
        return JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                        .build()
                        .writeValueAsString(report)
                + "\n";
    }
}
