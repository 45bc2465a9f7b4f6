package dev.expandcontract.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.benchmarks.CaseReport.ForegroundReport;
import dev.expandcontract.benchmarks.CaseReport.ForegroundRun;
import dev.expandcontract.benchmarks.CaseReport.Run;
import dev.expandcontract.benchmarks.CaseReport.TableSize;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** Three sides: the base with three runs, a rival beside pgbench, and one that can't be had. */
class ReportTest {
    private static final Machine MACHINE =
            new Machine(2, "a processor", 8L << 30, "Linux", "ext4", "17", 64L << 20, "0123abc");

    private static final Side BASE = new SingleUpdate();
    private static final Side RIVAL = new EngineSide(AxisKind.KEY, 1, EngineSide.Speed.FULL);
    private static final Side REFUSED = new UpdateFromBatch();

    private final Results results = new Results(List.of(BASE, RIVAL, REFUSED));

    @Test
    void theJsonHoldsMediansAndRatios() throws IOException {
        JsonNode json = JsonMapper.builder().build().readTree(Reports.json(report()));

        assertThat(json.path("case_name").asText()).isEqualTo("bigint");
        assertThat(json.path("machine").path("commit").asText()).isEqualTo("0123abc");
        assertThat(json.path("foreground").path("p99_alone_ms").asDouble()).isEqualTo(4);
        JsonNode base = json.path("sides").path(0);
        assertThat(base.path("rows_per_second").asDouble()).isEqualTo(200);
        assertThat(base.path("wal_bytes").asLong()).isEqualTo(1_000);
        assertThat(base.path("ratio_to_single_update").asDouble()).isEqualTo(1);
        assertThat(base.path("foreground_p99_ms").isNull()).isTrue();
        assertThat(base.path("runs")).hasSize(3);
        JsonNode rival = json.path("sides").path(1);
        assertThat(rival.path("ratio_to_single_update").asDouble()).isEqualTo(0.5);
        assertThat(rival.path("wal_ratio_to_single_update").asDouble()).isEqualTo(1.1, within(1e-9));
        assertThat(rival.path("foreground_p99_ms").asDouble()).isEqualTo(6);
        assertThat(rival.path("foreground_p99_ratio_to_alone").asDouble()).isEqualTo(1.5);
        assertThat(rival.path("foreground_rows_per_second").asDouble()).isEqualTo(50);
    }

    @Test
    void whatWasRefusedHasNoFigureButAReason() throws IOException {
        JsonNode refused = JsonMapper.builder()
                .build()
                .readTree(Reports.json(report()))
                .path("sides")
                .path(2);

        assertThat(refused.path("rows_per_second").isNull()).isTrue();
        assertThat(refused.path("refused").asText()).isEqualTo("needs a key");
        assertThat(TextTable.of(report())).contains("update-from-batch: needs a key");
    }

    @Test
    void whatIsMissedIsSaidByHowMuch() {
        assertThat(report().targets())
                .extracting(Object::toString)
                .containsExactly(
                        "MISSED   engine-key-1-full, rows/s to single-update: 0.50, wanted >= 1.00: missed by 50 %",
                        "MISSED   engine-key-1-full, WAL to single-update: 1.10, wanted <= 1.03: missed by 7 %");
    }

    @Test
    void aRunTellsWhatItsSessionsDid() throws IOException {
        JsonNode run =
                JsonMapper.builder().build().readTree(Reports.json(report())).at("/sides/1/runs/0");

        assertThat(run.path("profile").path("running").asDouble()).isEqualTo(0.9);
    }

    @Test
    void theTableIsMarkdown() {
        assertThat(TextTable.of(report()).lines())
                .anyMatch(line -> line.matches("\\| single-update +\\| +200 \\| +1\\.00 \\|.*"))
                .anyMatch(
                        line -> line.matches(
                                "\\| engine-key-1-full +\\| +100 \\| +0\\.50 \\|.*\\| +1\\.25 \\| +6\\.0 \\| +1\\.5 \\| +50 \\|"));
    }

    @Test
    void thePlotHasABarPerMeasuredSideAndIsXml() throws Exception {
        String svg = BarChart.of(report());

        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("rect").getLength())
                .as("the background and two bars")
                .isEqualTo(3);
        assertThat(svg).contains("1.00 (200 rows/s)", "0.50 (100 rows/s)");
    }

    private CaseReport report() {
        results.add(BASE, new Run(1, 1, 100, 1_000, 2, Map.of()));
        results.add(BASE, new Run(2, 1, 200, 900, 2, Map.of()));
        results.add(BASE, new Run(3, 1, 300, 1_100, 2, Map.of()));
        results.add(RIVAL, new Run(1, 2, 100, 1_100, 1.25, Map.of("running", 0.9)));
        results.add(RIVAL, new ForegroundRun(1, 6, 1_000, 4, 50));
        results.refuse(REFUSED, "needs a key");
        results.addAlone(new ForegroundRun(1, 4, 1_000, 1, 0));
        ForegroundReport foreground = results.foreground("pgbench", 1_000, 500);
        return new CaseReport(
                "backfill",
                "bigint",
                "a table",
                "2026-11-21T00:00:00Z",
                200,
                3,
                MACHINE,
                Map.of("server_version", "17"),
                new TableSize(1, 1),
                foreground,
                results.sides(),
                Targets.of(results.sides()));
    }
}
