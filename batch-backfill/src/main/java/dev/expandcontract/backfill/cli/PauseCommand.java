package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import java.sql.Connection;
import picocli.CommandLine.Command;

@Command(
        name = "pause",
        description = "Lets a job's workers wait, after the batches at hand, wherever they run.",
        footerHeading = "%nExample:%n",
        footer = "  backfill pause fill_email --url jdbc:postgresql://db:5432/shop --user app")
final class PauseCommand extends JobCommand {
    @Override
    BackfillStatus change(BackfillControl control, Connection connection, String job) {
        return control.pause(connection, job);
    }

    @Override
    String told(BackfillStatus status) {
        return "is paused; to go on: backfill resume " + status.name();
    }
}
