package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillControl;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.error.InvalidOperation;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "speed",
        description = "Sets the share of the time in which each of a job's workers works.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  backfill speed fill_email 20 --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill speed fill_email own --url jdbc:postgresql://db:5432/shop --user app"
        })
final class SpeedCommand extends JobCommand {
    @Parameters(index = "1", paramLabel = "PERCENT", description = "1 to 100; own: what the options of each run say")
    private String percent = "";

    @Override
    BackfillStatus change(BackfillControl control, Connection connection, String job) {
        return control.speed(connection, job, percent());
    }

    @Override
    String told(BackfillStatus status) {
        Integer speed = status.speed();
        return speed == null ? "works at its own speed" : "works at " + speed + " %";
    }

    private @Nullable Integer percent() {
        try {
            return percent.equals("own") ? null : Integer.valueOf(percent);
        } catch (NumberFormatException e) {
            throw new InvalidOperation("speed must be a number from 1 to 100, or own: " + percent);
        }
    }
}
