package dev.expandcontract.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only that it runs; the figures of so few rows mean nothing. */
class BackfillBenchmarkIT {
    @TempDir
    Path results;

    @Test
    void writesAFigureForEverySide() throws IOException {
        var out = new StringWriter();

        int exitCode = Benchmarks.run(
                new PrintWriter(out, true),
                "backfill",
                "--case=bigint",
                "--rows=2000",
                "--repeats=1",
                "--foreground=0",
                "--profile",
                "--sides=single-update,rewrite,skip-locked,update-from-batch,key-ranges,engine-key-1-full,engine-block-2-full",
                "--setting=shared_buffers=16MB",
                "--results=" + results);

        assertThat(exitCode).as(out.toString()).isZero();
        assertThat(results.resolve("backfill-bigint-2000.svg")).content().startsWith("<svg");
        JsonNode json = JsonMapper.builder()
                .build()
                .readTree(results.resolve("backfill-bigint-2000.json").toFile());
        assertThat(json.path("rows").asLong()).isEqualTo(2_000);
        assertThat(json.path("settings").path("fsync").asText()).isEqualTo("on");
        assertThat(json.path("foreground").path("missing").asText()).isEqualTo("not asked for");
        assertThat(json.path("sides")).hasSize(7).allSatisfy(side -> {
            assertThat(side.path("refused").isNull()).as(side.toString()).isTrue();
            assertThat(side.path("rows_per_second").asDouble()).isPositive();
            assertThat(side.path("wal_bytes").asLong()).isPositive();
            assertThat(side.at("/runs/0").has("profile")).isTrue();
            assertThat(side.path("ratio_to_single_update").asDouble()).isPositive();
        });
    }
}
