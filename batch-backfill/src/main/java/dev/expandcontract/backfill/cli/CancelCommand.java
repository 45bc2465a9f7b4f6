package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import java.sql.Connection;
import picocli.CommandLine.Command;

@Command(
        name = "cancel",
        description = "Ends a job's workers, after the batches at hand, wherever they run. What is done stays done.",
        footerHeading = "%nExample:%n",
        footer = "  backfill cancel fill_email --url jdbc:postgresql://db:5432/shop --user app")
final class CancelCommand extends JobCommand {
    @Override
    BackfillStatus change(BackfillControl control, Connection connection, String job) {
        return control.cancel(connection, job);
    }

    @Override
    String told(BackfillStatus status) {
        return "is cancelled; a later run goes on where it was";
    }
}
