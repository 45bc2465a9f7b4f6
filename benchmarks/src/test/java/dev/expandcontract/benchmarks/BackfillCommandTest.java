package dev.expandcontract.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class BackfillCommandTest {
    @Test
    void measuresEverySideThreeTimesByDefault() {
        Request request = request();

        assertThat(request.cases()).containsExactly(BenchmarkCase.BIGINT);
        assertThat(request.rows(BenchmarkCase.BIGINT)).isEqualTo(3_000_000);
        assertThat(request.repeats()).isEqualTo(3);
        assertThat(request.foreground()).isEqualTo(3);
        assertThat(names(request))
                .containsExactly(
                        "single-update",
                        "rewrite",
                        "skip-locked",
                        "update-from-batch",
                        "key-ranges",
                        "key-ranges-pause",
                        "engine-key-1-full",
                        "engine-key-2-full",
                        "engine-key-1-gentle",
                        "engine-key-2-gentle",
                        "engine-block-1-full",
                        "engine-block-2-full",
                        "engine-block-1-gentle",
                        "engine-block-2-gentle");
    }

    @Test
    void takesWhatIsAskedFor() {
        Request request = request(
                "--case=uuid,wide",
                "--rows=5000",
                "--sides=engine-key-4-full,single-update",
                "--workers=4",
                "--repeats=5",
                "--foreground=0",
                "--setting=shared_buffers=2GB",
                "--setting=autovacuum=off");

        assertThat(request.cases()).containsExactly(BenchmarkCase.UUID, BenchmarkCase.WIDE);
        assertThat(request.rows(BenchmarkCase.WIDE)).isEqualTo(5_000);
        assertThat(names(request)).containsExactly("single-update", "engine-key-4-full");
        assertThat(request.repeats()).isEqualTo(5);
        assertThat(request.foreground()).isZero();
        assertThat(request.settings()).containsEntry("shared_buffers", "2GB").containsEntry("autovacuum", "off");
    }

    @Test
    void allIsEveryCase() {
        assertThat(request("--case=all").cases()).containsExactly(BenchmarkCase.values());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                --case=bogus           | --case bogus is none of bigint, uuid, wide, large, nokey, all
                --sides=bogus          | --sides bogus is none of single-update, rewrite,
                --rows=10              | --rows must be at least 1000
                --rows=many            | Invalid value for option '--rows'
                --repeats=0            | --repeats must be at least 1
                --workers=0            | --workers must be from 1 to 64
                --foreground=-1        | --foreground must not be negative
                --foreground-seconds=0 | --foreground-seconds must be at least 1
                --bogus                | Unknown option: '--bogus'
                """)
    void wrongArgumentsAreNamed(String argument, String message) {
        assertThatThrownBy(() -> request(argument))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining(message);
    }

    @Test
    void wrongArgumentsEndWithTwo() {
        var err = new StringWriter();
        var command = new CommandLine(new BackfillCommand()).setErr(new PrintWriter(err));

        assertThat(command.execute("--case=bogus")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--case bogus is none of").contains("Usage: backfill");
    }

    @Test
    void helpNamesEveryOption() {
        var out = new StringWriter();

        assertThat(Benchmarks.run(new PrintWriter(out), "backfill", "--help")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: benchmarks/run backfill")
                .contains("--rows", "--case", "--sides", "--workers", "--repeats", "--foreground", "--results");
    }

    private static Request request(String... arguments) {
        var command = new BackfillCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.request();
    }

    private static List<String> names(Request request) {
        return request.sides().stream().map(Side::name).toList();
    }
}
