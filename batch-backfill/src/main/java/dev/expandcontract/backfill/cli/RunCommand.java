package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.backfill.OptionsText;
import dev.expandcontract.sql.ConnectionSource;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description =
                "Runs a job to its end: one that was registered or has stopped, or a new one. Others may run it at the"
                        + " same time; they share the work.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  backfill run fill_email --workers 2 --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill run fill_email --table users --set 'email = lower(mail)' --condition 'email IS NULL' \\",
            "    --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill run --table events --delete --condition \"at < now() - interval '1 year'\" \\",
            "    --url jdbc:postgresql://db:5432/shop --user app"
        })
final class RunCommand extends DatabaseCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "Name of the job; of a new one the default is what it does")
    private @Nullable String name;

    @ArgGroup(exclusive = false, heading = "%nA new job:%n", order = 1)
    private @Nullable NewWork work;

    @Option(
            names = "--workers",
            paramLabel = "NUMBER",
            description = "Of this process, each with a connection of its own")
    private @Nullable Integer workers;

    @Option(
            names = "--speed",
            paramLabel = "PERCENT",
            description = "Share of the time in which each of them works; one that was set by `speed` goes before it")
    private @Nullable Integer speed;

    @Option(
            names = "--options",
            paramLabel = "OPTIONS",
            description = "Of this run, such as 'targetTime=100ms, lockBudget=1h'; else those of the job")
    private String options = "";

    @Override
    public Integer call() throws SQLException {
        ConnectionSource source = access.source();
        Identifier schema;
        BackfillJob job;
        try (Connection connection = Access.connect(source)) {
            schema = access.schema(connection);
            job = job(connection, schema);
        }
        job = job.withOptions(options(job));
        try (Progress progress = progress(source, schema, job.name())) {
            return end(new BackfillEngine(schema, progress).run(source, job));
        }
    }

    private Progress progress(ConnectionSource source, Identifier schema, String job) {
        return output.isJson() || !Terminal.isThere()
                ? Progress.plain(output.meanwhile())
                : Progress.live(output.meanwhile(), source, schema, job);
    }

    private BackfillJob job(Connection connection, Identifier schema) throws SQLException {
        if (work != null) {
            return work.job(connection, name, output.commandLine());
        }
        if (name == null) {
            throw new ParameterException(
                    output.commandLine(),
                    "Give the NAME of a job that is there, or --table with --set, --delete or --copy-to");
        }
        return Access.job(connection, schema, name);
    }

    private BackfillOptions options(BackfillJob job) {
        return OptionsText.parse(options, job.options()).with(o -> {
            if (workers != null) {
                o.workers(workers);
            }
            if (speed != null) {
                o.speed(speed);
            }
        });
    }

    private int end(BackfillResult result) {
        String now = result.batchesNow() == 0
                ? "; nothing was left to do for this run"
                : ": %,d rows changed, %,d of them now in %,d batches and %,d ms"
                        .formatted(
                                result.rows(),
                                result.rowsNow(),
                                result.batchesNow(),
                                result.duration().toMillis());
        output.tell(
                "Backfill " + result.name() + " of " + result.table() + " is " + result.inWords() + now
                        + (result.rowsFailed() > 0 ? "; which rows: backfill failures " + result.name() : ""),
                Json.of(result));
        return result.isComplete() ? 0 : 1;
    }
}
