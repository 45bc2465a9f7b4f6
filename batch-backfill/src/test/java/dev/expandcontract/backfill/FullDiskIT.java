package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.expandcontract.error.BackfillStopped;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table on a small disk of its own, which only root can mount. */
@Tag("slow")
class FullDiskIT extends BackfillFixture {
    private static final int ROWS = 3000;

    private final String tablespace;

    @TempDir
    private Path disk = Path.of("");

    FullDiskIT(TestDatabase database) {
        super(database);
        tablespace = "small_" + database.name();
    }

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(System.getProperty("postgres", "embedded").equals("embedded"), "the server must be our own");
        String refused = refusal("mount", "-t", "tmpfs", "-o", "mode=700,size=3m", "tmpfs", disk.toString());
        assumeTrue(refused.isEmpty(), refused);
        database.execute("CREATE TABLESPACE %s LOCATION '%s'".formatted(tablespace, disk.toRealPath()));
    }

    @AfterEach
    void unmount() throws Exception {
        if (database.<Boolean>value("SELECT EXISTS (SELECT FROM pg_tablespace WHERE spcname = ?)", tablespace)) {
            database.execute("DROP TABLE IF EXISTS shop.items", "DROP TABLESPACE " + tablespace);
        }
        if (!Files.getFileStore(disk)
                .equals(Files.getFileStore(disk.toAbsolutePath().getParent()))) {
            assertThat(refusal("umount", disk.toString())).isEmpty();
        }
    }

    /** New versions of all rows take as much room again as the old ones. */
    @ParameterizedTest
    @EnumSource
    void stopsWithTheReasonAndGoesOnWhenThereIsRoom(AxisKind axis) throws Exception {
        database.execute(
                "ALTER TABLE shop.items ADD filler text, SET (autovacuum_enabled = false)",
                "ALTER TABLE shop.items SET TABLESPACE " + tablespace,
                "INSERT INTO shop.items SELECT i, 0, repeat('x', 600) FROM generate_series(1, %d) i".formatted(ROWS));
        BackfillJob job =
                addOne().withOptions(batchesOf(100).with(o -> o.axis(axis))).withCondition(new SqlExpression("n = 0"));

        BackfillStopped stopped = catchThrowableOfType(BackfillStopped.class, () -> run(job));

        assertThat(stopped)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("SQLSTATE 53100")
                .hasMessageContaining("run the same again");
        long done = count("shop.items WHERE n = 1");
        assertThat(done).isBetween(1L, ROWS - 1L);
        assertThat(status().rowsDone()).isEqualTo(done);
        assertThat(status().state()).isEqualTo(BackfillState.STOPPED);
        assertThat(status().error()).contains("No space left on device");

        assertThat(refusal("mount", "-o", "remount,size=64m", disk.toString())).isEmpty();
        assertThat(run(job).rowsNow()).isEqualTo(ROWS - done);
        assertEachRowChangedOnce(ROWS);
    }

    /** What the command says if it fails, or why there is none; empty if it is done. */
    private static String refusal(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : command[0] + ": " + told.strip();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
