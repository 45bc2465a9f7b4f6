package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import java.sql.Connection;
import java.sql.SQLException;
import picocli.CommandLine.Parameters;

/** Changes a job, and tells where it stands then. */
abstract class JobCommand extends DatabaseCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the job")
    private String name = "";

    /** @return the job as it is then */
    abstract BackfillStatus change(BackfillControl control, Connection connection, String job);

    /** What comes of it, for people. */
    abstract String told(BackfillStatus status);

    @Override
    public Integer call() throws SQLException {
        try (Connection connection = Access.connect(access.source())) {
            BackfillStatus status = change(new BackfillControl(access.schema(connection)), connection, name);
            output.tell("Backfill " + status.name() + " " + told(status), Json.of(status));
            return 0;
        }
    }
}
