package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillStatusTest {
    @Test
    void tellsHowFarItIsAndHowLongItTakes() {
        BackfillStatus status = status(BackfillState.RUNNING, 250_000, 1_000_000, 100);

        assertThat(status.percent()).hasValue(25);
        assertThat(status.remaining()).isEqualTo(Duration.ofMinutes(125));
        assertThat(status.inWords())
                .isEqualTo("25.0 %, 250,000 of about 1,000,000 rows passed, 7 changed, 100 rows/s, 2:05:00 left,"
                        + " batches of 500");
    }

    @Test
    void neverClaimsToBeDoneBeforeItIs() {
        assertThat(status(BackfillState.RUNNING, 5000, 1000, 100).percent()).hasValue(99.9);
        assertThat(status(BackfillState.RUNNING, 5000, 1000, 100).remaining()).isNull();
        assertThat(status(BackfillState.FINISHED, 500, 1000, 100).percent()).hasValue(100);
        assertThat(status(BackfillState.FINISHED, 500, 1000, 100).remaining()).isZero();
    }

    @Test
    void saysNothingWhereItKnowsNothing() {
        assertThat(status(BackfillState.RUNNING, 5, 0, 0).percent()).isEmpty();
        assertThat(status(BackfillState.RUNNING, 5, 100, 0).remaining()).isNull();
    }

    private static BackfillStatus status(BackfillState state, long passed, long estimated, double rate) {
        return new BackfillStatus(
                "job",
                QualifiedName.of("public", "t"),
                state,
                "",
                AxisKind.KEY,
                BackfillPhase.FILL,
                1,
                7,
                passed,
                0,
                0,
                estimated,
                rate,
                3,
                500,
                List.of("id"),
                List.of("5"),
                null,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                Duration.ZERO,
                null,
                null);
    }
}
