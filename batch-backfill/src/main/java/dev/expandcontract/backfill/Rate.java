package dev.expandcontract.backfill;

/**
 * How many rows pass in a second, as assignments to a job's row: the mean of half a minute or so, whatever the time between
 * two batches is, from the first one on.
 */
final class Rate {
    private static final String SINCE =
            "greatest(0.001, extract(epoch FROM clock_timestamp() - rate_since)::double precision)";

    /** To PostgreSQL numbers too small to be told from zero are errors. */
    private static final String LEFT = "exp(-least(600, " + SINCE + ") / 30)";

    private static final String DECAYED =
            "rows_per_second = CASE WHEN rows_per_second < 0.001 THEN 0 ELSE rows_per_second * " + LEFT + " END";

    static final String WITHOUT_ROWS =
            DECAYED + ", rate_since = CASE batches WHEN 0 THEN rate_since ELSE clock_timestamp() END";

    /** Parameters: how many rows, and of how many batches. */
    static final String WITH_ROWS = DECAYED + " + (CASE batches WHEN 0 THEN 1 ELSE 1 - " + LEFT + " END) * ? / " + SINCE
            + ", rate_since = CASE batches + ? WHEN 0 THEN rate_since ELSE clock_timestamp() END";

    private Rate() {}
}
