package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Along what a job goes, and why.
 *
 * @param chosen null where there is nothing to go along
 * @param blocks the other way, for jobs that began so
 */
record AxisChoice(@Nullable Axis chosen, BlockAxis blocks, String reason) {
    static final AxisChoice NONE = new AxisChoice(null, new BlockAxis(1), "");

    /** Of two rows that follow each other by key, at least one in ten lies elsewhere. */
    private static final double SCATTERED = 0.9;

    /**
     * @param blocks of the table
     * @param rows as the planner estimates them
     * @param sharedBuffers of the server, in blocks
     * @param correlations of columns with the order on disk, from -1 to 1; without those never analysed
     */
    record Size(long blocks, long rows, long sharedBuffers, Map<Identifier, Double> correlations) {
        static final Size UNKNOWN = new Size(0, 0, 0, Map.of());

        Size {
            correlations = Map.copyOf(correlations);
        }

        private double rowsPerBlock() {
            return blocks == 0 ? 1 : Math.max(1, (double) rows / blocks);
        }
    }

    Axis axis() {
        return Objects.requireNonNull(chosen);
    }

    /**
     * @param keys that may be followed, best first
     * @return {@link #NONE} if there is nothing to go along
     */
    static AxisChoice of(BackfillJob job, List<Key> keys, Size size) {
        boolean blocksWillDo = job.work().condition() != null && !(job.work() instanceof BackfillWork.Copy);
        BlockAxis blocks = new BlockAxis(size.rowsPerBlock());
        AxisKind wanted = job.options().axis();
        if (wanted == AxisKind.BLOCK || keys.isEmpty()) {
            boolean possible = blocksWillDo && wanted != AxisKind.KEY;
            String reason = wanted == AxisKind.BLOCK ? "it was asked for" : "the table has no key to go along";
            return possible ? new AxisChoice(blocks, blocks, reason) : NONE;
        }
        Key key = keys.get(0);
        KeyAxis along = new KeyAxis(key);
        if (wanted == AxisKind.KEY) {
            return new AxisChoice(along, blocks, "it was asked for");
        }
        if (!blocksWillDo) {
            return new AxisChoice(along, blocks, "without a condition, block order could change a row twice");
        }
        if (size.blocks() <= size.sharedBuffers()) {
            return new AxisChoice(along, blocks, "the table fits into shared_buffers");
        }
        Double known = size.correlations().get(key.columns().get(0));
        if (known == null) {
            return new AxisChoice(along, blocks, "how rows lie is not known: the table was never analysed");
        }
        double correlation = Math.abs(known);
        if (correlation >= SCATTERED) {
            return new AxisChoice(
                    along, blocks, String.format(Locale.ROOT, "rows lie in its order (correlation %.2f)", correlation));
        }
        return new AxisChoice(
                blocks,
                blocks,
                String.format(
                        Locale.ROOT,
                        "rows that follow each other by key %s lie apart (correlation %.2f), and the table (%,d blocks) is"
                                + " larger than shared_buffers (%,d blocks): in key order each batch would read and log"
                                + " up to %,.0f times as many blocks",
                        key,
                        correlation,
                        size.blocks(),
                        size.sharedBuffers(),
                        size.rowsPerBlock()));
    }
}
