package dev.expandcontract.benchmarks;

import dev.expandcontract.benchmarks.CaseReport.ForegroundReport;
import dev.expandcontract.benchmarks.CaseReport.ForegroundRun;
import dev.expandcontract.benchmarks.CaseReport.Run;
import dev.expandcontract.benchmarks.CaseReport.TableSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One case.
 *
 * <ol>
 *   <li>The table is loaded once.
 *   <li>Each side fills a fresh copy of it, as often as asked, each time in another order; every row is looked at afterwards.
 *   <li>The same beside pgbench, at half of the rate that it gets alone.
 *   <li>Medians and ratios are written, after each round anew: a run may take hours.
 * </ol>
 */
final class BackfillBenchmark {
    private final Request request;
    private final BenchmarkCase what;
    private final long rows;
    private final PrintWriter out;
    private final Results results;
    private final List<Side> sides = new ArrayList<>();
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private boolean isComplete = true;
    private int runsDone;

    BackfillBenchmark(Request request, BenchmarkCase what, PrintWriter out) {
        this.request = request;
        this.what = what;
        this.rows = request.rows(what);
        this.out = out;
        this.results = new Results(request.sides());
    }

    /** Whether every figure could be had. */
    boolean run() throws IOException, SQLException, InterruptedException {
        chooseSides();
        Files.createDirectories(request.results());
        out.printf("%nCase %s: %s, %,d rows%n", what.label(), what.description(), rows);
        Optional<String> pgbench = Pgbench.program();
        if (request.foreground() > 0 && pgbench.isEmpty()) {
            out.println("There will be no foreground figures: " + Pgbench.MISSING);
        }
        try (BenchmarkServer server = BenchmarkServer.start(request.directory(), settings())) {
            Database loaded = server.load(what, rows);
            TableSize size = new TableSize(
                    loaded.number("SELECT pg_relation_size('item')"), loaded.number("SELECT pg_indexes_size('item')"));
            var report = new Reports(
                    request,
                    what,
                    rows,
                    started,
                    server.settings(request.settings().keySet()),
                    size);
            var measurement = new Measurement(server, what, rows, request.profile());
            ForegroundReport foreground = ForegroundReport.missing("not measured yet");
            for (int repeat = 1; repeat <= request.repeats(); repeat++) {
                measureAlone(measurement, repeat);
                report.write(results, foreground);
            }
            foreground = measureBesidePgbench(pgbench, measurement, report);
            out.println(report.write(results, foreground));
        }
        return isComplete;
    }

    private void chooseSides() {
        for (Side side : request.sides()) {
            Optional<String> hindrance = side.hindrance(what);
            hindrance.ifPresentOrElse(reason -> results.refuse(side, reason), () -> sides.add(side));
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shared_buffers", what.sharedBuffers(rows));
        settings.putAll(request.settings());
        return settings;
    }

    private void measureAlone(Measurement measurement, int repeat) throws InterruptedException {
        for (Side side : rotated(repeat)) {
            tell(side.name(), repeat, request.repeats());
            try {
                Run run = measurement.alone(side, repeat);
                results.add(side, run);
                out.printf(
                        "%,.0f rows/s, %.1f s, %,.0f MB WAL, indexes x %.2f%s%n",
                        run.rowsPerSecond(),
                        run.seconds(),
                        run.walBytes() / 1e6,
                        run.indexGrowth(),
                        request.profile() ? ", " + run.profile() : "");
            } catch (SQLException | RuntimeException e) {
                refuse(side, e);
            }
        }
    }

    private ForegroundReport measureBesidePgbench(Optional<String> program, Measurement measurement, Reports report)
            throws IOException, SQLException, InterruptedException {
        if (request.foreground() == 0) {
            return ForegroundReport.missing("not asked for");
        }
        if (program.isEmpty()) {
            isComplete = false;
            return ForegroundReport.missing(Pgbench.MISSING);
        }
        Path scripts = Files.createTempDirectory(request.directory(), "pgbench-");
        try {
            return measureBeside(Pgbench.of(program.get(), scripts, what, rows), measurement, report);
        } catch (IOException e) {
            isComplete = false;
            out.println("The foreground figures are missing: " + inWords(e));
            return ForegroundReport.missing(inWords(e));
        } finally {
            Directories.delete(scripts);
        }
    }

    private ForegroundReport measureBeside(Pgbench pgbench, Measurement measurement, Reports report)
            throws IOException, SQLException, InterruptedException {
        BenchmarkServer server = measurement.server();
        double capacity = pgbench.capacity(server.freshCopy(), request.foregroundSeconds());
        var foreground = new Foreground(pgbench, capacity / 2);
        out.printf("pgbench gets %,.0f transactions/s alone; it is held to half of that%n", capacity);
        for (int repeat = 1; repeat <= request.foreground(); repeat++) {
            ForegroundRun alone = foreground.beside(
                    repeat, server.freshCopy(), 0, () -> Thread.sleep(request.foregroundSeconds() * 1_000L));
            results.addAlone(alone);
            out.printf("pgbench alone, repeat %d: p99 %.1f ms%n", repeat, alone.p99Ms());
            for (Side side : rotated(repeat)) {
                measureBeside(foreground, measurement, side, repeat);
            }
            report.write(results, results.foreground(pgbench.version(), capacity, foreground.rate()));
        }
        return results.foreground(pgbench.version(), capacity, foreground.rate());
    }

    private void measureBeside(Foreground foreground, Measurement measurement, Side side, int repeat)
            throws InterruptedException {
        tell(side.name() + " beside pgbench", repeat, request.foreground());
        try {
            ForegroundRun run = measurement.beside(foreground, side, repeat);
            results.add(side, run);
            out.printf("p99 %,.1f ms, %,.0f rows/s, %.1f s%n", run.p99Ms(), run.rowsPerSecond(), run.seconds());
        } catch (IOException | SQLException | RuntimeException e) {
            refuse(side, e);
        }
    }

    private List<Side> rotated(int repeat) {
        List<Side> rotated = new ArrayList<>(sides);
        Collections.rotate(rotated, 1 - repeat);
        return rotated;
    }

    private void tell(String side, int repeat, int repeats) {
        int all = sides.size() * (request.repeats() + request.foreground());
        out.printf("[%d/%d] %s %s, repeat %d of %d: ", ++runsDone, all, what.label(), side, repeat, repeats);
        out.flush();
    }

    private void refuse(Side side, Exception reason) {
        isComplete = false;
        results.refuse(side, inWords(reason));
        out.println("refused: " + inWords(reason));
    }

    private static String inWords(Exception reason) {
        return reason.getMessage() == null ? reason.toString() : reason.getMessage();
    }
}
