package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.backfill.BackfillWorker;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "work",
        description =
                "Runs all jobs that are registered, under way or stopped, one after the other, and waits for more. Others may"
                        + " do so at the same time; they share the work. Jobs that are paused, cancelled or finished with"
                        + " failures are left alone; one that stops is tried again after a minute, then after ever longer"
                        + " pauses.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  backfill work --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill work --once --workers 2 --url jdbc:postgresql://db:5432/shop --user app"
        })
final class WorkCommand extends DatabaseCommand {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    @Option(
            names = "--once",
            description =
                    "Ends when each job has had its turn; with 1 if one stopped, had failures, or was a verification"
                            + " that found rows")
    private boolean once;

    @Option(
            names = "--workers",
            paramLabel = "NUMBER",
            description = "Of each job in this process, each with a connection of its own; default: as the job says")
    private @Nullable Integer workers;

    @Override
    public Integer call() throws SQLException {
        ConnectionSource source = access.source();
        Identifier schema;
        try (Connection connection = Access.connect(source)) {
            schema = access.schema(connection);
        }
        Map<String, BackfillOutcome> last = new LinkedHashMap<>();
        try (Progress progress = Progress.plain(output.meanwhile())) {
            BackfillWorker worker =
                    new BackfillWorker(new BackfillEngine(schema, progress), source).withOptions(this::options);
            Consumer<BackfillOutcome> ended = outcome -> {
                last.put(outcome.name(), outcome);
                tell(outcome);
            };
            if (once) {
                worker.runAll().forEach(ended);
            } else {
                meanwhile("Looking for backfills in schema " + schema + "; SIGINT or SIGTERM ends it");
                worker.runUntilInterrupted(LOOK_EVERY, ended);
            }
        }
        Collection<BackfillOutcome> outcomes = last.values();
        output.tell(
                outcomes.isEmpty() ? "No backfill was waiting" : "Ran " + outcomes.size() + " backfills",
                outcomes.stream().map(Json::of).toList());
        return outcomes.stream().allMatch(WorkCommand::isGood) ? 0 : 1;
    }

    private static boolean isGood(BackfillOutcome outcome) {
        BackfillResult result = outcome.result();
        return outcome.failure() == null && (result == null || result.isComplete());
    }

    private BackfillOptions options(BackfillOptions ofJob) {
        Integer number = workers;
        return number == null ? ofJob : ofJob.with(o -> o.workers(number));
    }

    private void tell(BackfillOutcome outcome) {
        BackfillResult result = outcome.result();
        ExpandContractException failure = outcome.failure();
        String what = failure != null
                ? String.valueOf(failure.getMessage())
                : result == null
                        ? "Backfill " + outcome.name() + " is left alone: somebody has cancelled it, or has it already"
                        : "Backfill " + outcome.name() + " of " + result.table() + " is " + result.inWords() + ": "
                                + "%,d rows changed".formatted(result.rows());
        meanwhile(what);
    }

    private void meanwhile(String line) {
        output.meanwhile().println(line);
        output.meanwhile().flush();
    }
}
