package dev.expandcontract.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines are those of pgbench 15 with {@code --rate} and {@code --log}. */
class PgbenchLogTest {
    private static final long SECOND = 1_000_000;

    @TempDir
    Path directory;

    @Test
    void theTimeCountsFromWhenATransactionWasDue() throws IOException {
        PgbenchLog log = log("""
                0 1 250 0 100 250 12
                3 1 1500000 2 102 500000 1400000
                0 2 300 1 103 300 15
                """);

        assertThat(log.timesDueWithin(101 * SECOND, 102 * SECOND))
                .as("due at 101.0 though it ended at 102.5")
                .containsExactly(1_500_000);
        assertThat(log.timesDueWithin(100 * SECOND, 104 * SECOND)).containsExactly(250, 1_500_000, 300);
        assertThat(log.timesDueWithin(100 * SECOND, 103 * SECOND)).containsExactly(250, 1_500_000);
    }

    @Test
    void whatWasSkippedOrFailedHasNoTime() throws IOException {
        assertThat(log("""
                        0 1 skipped 0 100 250 12
                        0 2 failed 0 100 260 12
                        0 3 400 0 100 400 12
                        """).timesDueWithin(0, 200 * SECOND)).containsExactly(400);
    }

    @Test
    void aLineThatIsNotWrittenToItsEndIsLeftOut() throws IOException {
        assertThat(log("0 1 400 0 100 400 12\n0 2 400 0 100 4").timesDueWithin(0, 200 * SECOND))
                .containsExactly(400);
        assertThat(log("0 1 400 0 100 400 12\n0 2 400 0 100 400 ").timesDueWithin(0, 200 * SECOND))
                .containsExactly(400);
    }

    @Test
    void isReachedWhenATransactionWasDueLater() throws IOException {
        PgbenchLog log = log("0 1 1500000 0 102 500000 1400000\n");

        assertThat(log.hasReached(101 * SECOND)).isTrue();
        assertThat(log.hasReached(101 * SECOND + 1)).isFalse();
    }

    private PgbenchLog log(String lines) throws IOException {
        return new PgbenchLog(Files.writeString(directory.resolve("transactions.1"), lines));
    }
}
