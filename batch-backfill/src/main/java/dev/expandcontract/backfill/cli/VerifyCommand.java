package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import java.sql.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description =
                "Has the next run of a job that has ended go through its table once more, and count the rows for which"
                        + " its condition holds.",
        footerHeading = "%nExample:%n",
        footer = {
            "  backfill verify fill_email --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill run fill_email --url jdbc:postgresql://db:5432/shop --user app"
        })
final class VerifyCommand extends JobCommand {
    @Option(names = "--repair", description = "Such rows are changed; those that could not be changed are tried again")
    private boolean repairs;

    @Override
    BackfillStatus change(BackfillControl control, Connection connection, String job) {
        return control.verify(connection, job, repairs);
    }

    @Override
    String told(BackfillStatus status) {
        return (repairs ? "is to be repaired" : "is to be verified") + "; to do so: backfill run " + status.name();
    }
}
