package dev.expandcontract.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run backfill …}. */
@Command(
        name = "backfill",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Fills a column of every row, each side on a fresh copy of the same table, on an embedded PostgreSQL.",
            "Prints a table per case; writes it as JSON and as a plot (SVG)."
        },
        footer = {"", "Exit code 0: every side was measured; 1: a figure could not be had; 2: wrong arguments."})
final class BackfillCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = "--case",
            split = ",",
            paramLabel = "NAME",
            description = "bigint (default), uuid, wide, large, nokey; several with commas; or all")
    private List<String> cases = new ArrayList<>(List.of("bigint"));

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "rows of the table; default: 3000000, wide 500000, large 6000000")
    private @Nullable Long rows;

    @Option(
            names = "--sides",
            split = ",",
            paramLabel = "NAME",
            description = "which; default: all. An unknown name prints the known ones")
    private List<String> sides = new ArrayList<>();

    @Option(names = "--workers", split = ",", paramLabel = "N", description = "of this engine; default: 1,2")
    private List<Integer> workers = new ArrayList<>(List.of(1, 2));

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "runs of each side, of which the median counts; default: 3")
    private int repeats = 3;

    @Option(
            names = "--foreground",
            paramLabel = "N",
            description = "runs of each side beside pgbench; 0: none; default: as --repeats")
    private @Nullable Integer foreground;

    @Option(
            names = "--foreground-seconds",
            paramLabel = "N",
            description = "how long pgbench runs alone, for its capacity and for its p99; default: 30")
    private int foregroundSeconds = 30;

    @Option(names = "--profile", description = "notes ten times a second what the sessions of a side do or wait for")
    private boolean profile;

    @Option(
            names = "--setting",
            paramLabel = "NAME=VALUE",
            description = "of the server, such as shared_buffers=4GB; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "for the server's data, a few times the table's size; default: the temporary directory")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "for the JSON and the plot; default: benchmarks/results")
    private Path results = Path.of("benchmarks", "results");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    @Override
    public Integer call() throws Exception {
        Request request = request();
        boolean complete = true;
        for (BenchmarkCase what : request.cases()) {
            complete &= new BackfillBenchmark(
                            request, what, commandSpec().commandLine().getOut())
                    .run();
        }
        return complete ? 0 : 1;
    }

    /** @throws ParameterException for a name that nothing has, or a number out of its range */
    Request request() {
        require(rows == null || rows >= 1_000, "--rows must be at least 1000");
        require(repeats >= 1, "--repeats must be at least 1");
        require(workers.stream().allMatch(n -> n >= 1 && n <= 64), "--workers must be from 1 to 64");
        require(foreground == null || foreground >= 0, "--foreground must not be negative");
        require(foregroundSeconds >= 1, "--foreground-seconds must be at least 1");
        return new Request(
                chosenCases(),
                rows,
                chosenSides(),
                repeats,
                foreground == null ? repeats : foreground,
                foregroundSeconds,
                profile,
                settings,
                directory,
                results);
    }

    private List<BenchmarkCase> chosenCases() {
        if (cases.equals(List.of("all"))) {
            return List.of(BenchmarkCase.values());
        }
        return cases.stream()
                .map(name -> BenchmarkCase.named(name)
                        .orElseThrow(() -> wrong("--case " + name + " is none of " + BenchmarkCase.names() + ", all")))
                .toList();
    }

    private List<Side> chosenSides() {
        List<Side> all = Sides.all(workers);
        List<String> names = all.stream().map(Side::name).toList();
        for (String name : sides) {
            require(names.contains(name), "--sides " + name + " is none of " + String.join(", ", names));
        }
        return all.stream()
                .filter(side -> sides.isEmpty() || sides.contains(side.name()))
                .toList();
    }

    private void require(boolean valid, String message) {
        if (!valid) {
            throw wrong(message);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(commandSpec().commandLine(), message);
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets it before anything is called");
        }
        return spec;
    }
}
