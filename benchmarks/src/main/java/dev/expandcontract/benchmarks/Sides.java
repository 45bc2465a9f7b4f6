package dev.expandcontract.benchmarks;

import dev.expandcontract.backfill.AxisKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who is measured. */
final class Sides {
    /** What the ratios refer to. */
    static final String BASE = "single-update";

    /** What the disk could do. */
    static final String LIMIT = "rewrite";

    private Sides() {}

    static List<Side> all(List<Integer> workers) {
        List<Side> sides = new ArrayList<>(List.of(
                new SingleUpdate(),
                new TableRewrite(),
                new SkipLockedLoop(),
                new UpdateFromBatch(),
                new KeyRanges(Duration.ZERO),
                new KeyRanges(Duration.ofMillis(50))));
        for (AxisKind axis : AxisKind.values()) {
            for (EngineSide.Speed speed : EngineSide.Speed.values()) {
                workers.stream().distinct().forEach(n -> sides.add(new EngineSide(axis, n, speed)));
            }
        }
        return sides;
    }
}
