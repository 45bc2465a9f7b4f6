package dev.expandcontract.backfill.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command tells, and how. */
final class Output {
    private static final Gson LINE =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private static final Gson GSON = LINE.newBuilder().setPrettyPrinting().create();

    @Option(names = "--json", description = "Tells as JSON, and nothing else on standard output")
    private boolean json;

    @Option(names = "--verbose", description = "Errors with their stack traces")
    private boolean verbose;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    boolean isVerbose() {
        return verbose;
    }

    boolean isJson() {
        return json;
    }

    CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    PrintWriter out() {
        return commandLine().getOut();
    }

    /** For what happens meanwhile. */
    PrintWriter meanwhile() {
        return json ? commandLine().getErr() : out();
    }

    /**
     * One of both.
     *
     * @param forPrograms of maps, lists, texts and numbers
     */
    void tell(String forPeople, Object forPrograms) {
        out().println(json ? GSON.toJson(forPrograms) : forPeople);
        out().flush();
    }

    /** One of several: for programs each is a line, for people the screen is theirs. */
    void tellAgain(String forPeople, Object forPrograms) {
        String cleared = Terminal.isThere() ? "\u001b[H\u001b[2J" : "";
        out().println(json ? LINE.toJson(forPrograms) : cleared + forPeople);
        out().flush();
    }
}
