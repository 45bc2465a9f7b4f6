package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "failures",
        description = "Tells which rows a job could not change, and what PostgreSQL said.",
        footerHeading = "%nExample:%n",
        footer = "  backfill failures fill_email --limit 20 --url jdbc:postgresql://db:5432/shop --user app")
final class FailuresCommand extends DatabaseCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the job")
    private String name = "";

    @Option(
            names = "--limit",
            paramLabel = "ROWS",
            defaultValue = "100",
            description = "At most so many. Default: ${DEFAULT-VALUE}")
    private int limit;

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = Access.connect(access.source())) {
            var control = new BackfillControl(access.schema(connection));
            long all = control.status(connection, name).rowsFailed();
            List<BackfillFailure> failures = control.failures(connection, name, Math.max(0, limit));
            output.tell(inWords(failures, all), Json.ofFailures(failures, all));
            return 0;
        }
    }

    private static String inWords(List<BackfillFailure> failures, long all) {
        if (failures.isEmpty() && all == 0) {
            return "No row failed";
        }
        Table table = new Table("TABLE", "ROW", "ERROR");
        failures.forEach(failure -> table.row(
                failure.table(),
                String.join(", ", failure.row()),
                failure.error().replace('\n', ' ')));
        return table + (all > failures.size() ? "%n… of %,d".formatted(all) : "");
    }
}
