package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import java.sql.Connection;
import picocli.CommandLine.Command;

@Command(
        name = "resume",
        description = "Lets workers that wait go on; where there are none, the next run goes on.",
        footerHeading = "%nExample:%n",
        footer = "  backfill resume fill_email --url jdbc:postgresql://db:5432/shop --user app")
final class ResumeCommand extends JobCommand {
    @Override
    BackfillStatus change(BackfillControl control, Connection connection, String job) {
        return control.resume(connection, job);
    }

    @Override
    String told(BackfillStatus status) {
        return "is " + status.state().text();
    }
}
