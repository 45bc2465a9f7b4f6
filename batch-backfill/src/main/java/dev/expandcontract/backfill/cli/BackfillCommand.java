package dev.expandcontract.backfill.cli;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code java -jar batch-backfill-….-cli.jar}. Ends with 0 when all is done, 1 when a job stopped, rows could not be changed
 * or a verification found some, 2 when nothing was begun; by SIGINT and SIGTERM after the batches at hand, with 130 and 143.
 */
@Command(
        name = "backfill",
        description = "Watches, runs and steers backfills: batched, resumable rewrites of rows.",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        versionProvider = BackfillCommand.Version.class,
        subcommands = {
            StatusCommand.class,
            RunCommand.class,
            WorkCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            CancelCommand.class,
            SpeedCommand.class,
            VerifyCommand.class,
            FailuresCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  backfill status --url jdbc:postgresql://db:5432/shop --user app",
            "  backfill run fill_email --url jdbc:postgresql://db:5432/shop --user app --workers 2",
            "%nExit codes:",
            "  0    done",
            "  1    the job stopped, rows could not be changed, or a verification found rows",
            "  2    wrong arguments, no such job, no connection: nothing was begun",
            "  130  ended by SIGINT, 143 by SIGTERM: after the batches at hand; the next run goes on"
        })
public final class BackfillCommand {
    private static final int STOPPED = 1;
    private static final int NOT_BEGUN = 2;

    /** Runs a command in a process of its own, and ends that. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] args) {
        var ended = new CountDownLatch(1);
        var isEnding = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(interrupting(Thread.currentThread(), isEnding, ended), "stop"));
        int code = commandLine().execute(args);
        boolean isFirst = isEnding.compareAndSet(false, true);
        ended.countDown();
        if (isFirst) {
            System.exit(code);
        }
    }

    /** For use within a process: {@code commandLine().setOut(…).execute(args)} returns the exit code. */
    static CommandLine commandLine() {
        return new CommandLine(new BackfillCommand()).setExecutionExceptionHandler((error, command, parsed) -> {
            tell(error, command);
            return error instanceof InvalidOperation || error instanceof ConfigurationProblem ? NOT_BEGUN : STOPPED;
        });
    }

    private static void tell(Exception error, CommandLine command) {
        PrintWriter err = command.getErr();
        String message = error.getMessage() == null ? error.toString() : error.getMessage();
        err.println(command.getColorScheme().errorText("backfill: " + message));
        if (command.getParseResult().matchedOptionValue("--verbose", false)) {
            error.printStackTrace(err);
        }
        err.flush();
    }

    /**
     * A signal ends the batches at hand first; the JVM ends when we return, with the signal's own status. An exit that
     * somebody asks for meanwhile may overtake it, with another status.
     *
     * @param isEnding whether the command has ended by itself, or is being ended
     */
    private static Runnable interrupting(Thread main, AtomicBoolean isEnding, CountDownLatch ended) {
        return () -> {
            if (!isEnding.compareAndSet(false, true)) {
                return;
            }
            main.interrupt();
            try {
                ended.await(5, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** As the jar's manifest has it. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = BackfillCommand.class.getPackage().getImplementationVersion();
            return new String[] {"backfill " + (version == null ? "(development)" : version)};
        }
    }
}
