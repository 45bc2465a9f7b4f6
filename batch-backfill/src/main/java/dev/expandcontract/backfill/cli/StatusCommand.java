package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillRange;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.backfill.OptionsText;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description = "Tells how far all jobs are; or all about one, with what each of its workers is at.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  backfill status --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill status fill_email --watch --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill status fill_email --json --url jdbc:postgresql://db:5432/shop --user app"
        })
final class StatusCommand extends DatabaseCommand {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Name of a job; default: all")
    private @Nullable String name;

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description =
                    "Tells again every so many seconds (${FALLBACK-VALUE} where none follow), until the job has ended;"
                            + " with --json in lines of it")
    private @Nullable Integer seconds;

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = Access.connect(access.source())) {
            Identifier schema = access.schema(connection);
            while (tell(connection, schema) && seconds != null) {
                Thread.sleep(Math.max(1, seconds) * 1000L);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** Whether there may be more to tell. */
    private boolean tell(Connection connection, Identifier schema) {
        var control = new BackfillControl(schema);
        if (name == null) {
            List<BackfillStatus> jobs = control.jobs(connection);
            tell(StatusText.all(jobs), jobs.stream().map(Json::of).toList());
            return true;
        }
        BackfillStatus status = control.status(connection, name);
        List<BackfillRange> ranges = control.ranges(connection, name);
        BackfillJob job = Access.job(connection, schema, name);
        Map<String, @Nullable Object> json = Json.of(status);
        json.put("does", job.work().definition(job.table()));
        json.put("options", OptionsText.of(job.options()));
        json.put("ranges", ranges.stream().map(Json::of).toList());
        tell(StatusText.one(status, job, ranges), json);
        return !status.state().isEnd();
    }

    private void tell(String forPeople, Object forPrograms) {
        if (seconds == null) {
            output.tell(forPeople, forPrograms);
        } else {
            output.tellAgain(forPeople, forPrograms);
        }
    }
}
