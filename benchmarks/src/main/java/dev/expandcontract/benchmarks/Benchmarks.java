package dev.expandcontract.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The command line. */
@Command(
        name = "benchmarks/run",
        description = "Measures this project's engine beside what people use instead.",
        subcommands = BackfillCommand.class)
public final class Benchmarks {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private Benchmarks() {}

    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), arguments));
    }

    static int run(PrintWriter out, String... arguments) {
        return new CommandLine(new Benchmarks())
                .setOut(out)
                .setExecutionExceptionHandler(Benchmarks::tell)
                .execute(arguments);
    }

    /** What the machine or the server refused is said in a line; anything else is a fault of this program. */
    private static int tell(Exception error, CommandLine command, ParseResult arguments) throws Exception {
        if (!(error instanceof IOException) && !(error instanceof SQLException)) {
            throw error;
        }
        command.getErr().println(error.getMessage());
        return command.getCommandSpec().exitCodeOnExecutionException();
    }
}
