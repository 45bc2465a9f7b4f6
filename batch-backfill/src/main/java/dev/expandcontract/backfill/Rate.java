package dev.expandcontract.backfill;

/** Rows in a second since a run began. */
final class Rate {
    private final Timing timing;
    private final long began;
    private long rows;

    Rate(Timing timing) {
        this.timing = timing;
        this.began = timing.nanos();
    }

    void passed(long more) {
        rows += more;
    }

    double with(long more) {
        return (rows + more) * 1e9 / Math.max(1, timing.nanos() - began);
    }
}
