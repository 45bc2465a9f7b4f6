package dev.expandcontract.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table to be filled. */
enum BenchmarkCase {
    BIGINT("bigint", true, 0, 3_000_000, "bigint key in the order of the rows"),
    UUID("uuid", true, 0, 3_000_000, "uuid v4 key: its order has nothing to do with that of the rows"),
    WIDE("bigint", true, 28, 500_000, "rows of 1 kB"),
    LARGE("bigint", true, 0, 6_000_000, "table of 4 times shared_buffers"),
    NOKEY("bigint", false, 0, 3_000_000, "no primary or unique key");

    /** What a row of the narrow table takes in the heap. */
    private static final long NARROW_ROW = 132;

    private static final long MEGABYTE = 1 << 20;

    /** The same text always makes the same key, so that pgbench finds a row by its number. */
    private static final String UUID_OF =
            "overlay(overlay(md5((%s)::text) placing '4' from 13) placing 'a' from 17)::uuid";

    private final String keyType;
    private final boolean hasKey;
    private final int extraColumns;
    private final long defaultRows;
    private final String description;

    BenchmarkCase(String keyType, boolean hasKey, int extraColumns, long defaultRows, String description) {
        this.keyType = keyType;
        this.hasKey = hasKey;
        this.extraColumns = extraColumns;
        this.defaultRows = defaultRows;
        this.description = description;
    }

    static Optional<BenchmarkCase> named(String name) {
        return Arrays.stream(values()).filter(what -> what.label().equals(name)).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(BenchmarkCase::label).collect(Collectors.joining(", "));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    long defaultRows() {
        return defaultRows;
    }

    boolean hasKey() {
        return hasKey;
    }

    /** Of column {@code id}. */
    String keyType() {
        return keyType;
    }

    /** The value of {@code id} in the row of this number, as SQL. */
    String keyOf(String number) {
        return this == UUID ? UUID_OF.formatted(number) : number;
    }

    /** Everything fits, except where that is the case's point. */
    String sharedBuffers(long rows) {
        long bytes = this == LARGE ? rows * NARROW_ROW / 4 : 1024 * MEGABYTE;
        return Math.max(1, bytes / MEGABYTE) + "MB";
    }

    /** Three indexes, none on the column that is filled; no row has room beside it for its new version. */
    List<String> load(long rows) {
        return List.of(
                """
                CREATE TABLE item (
                  id %s NOT NULL, customer bigint NOT NULL, amount integer NOT NULL, touched integer NOT NULL,
                  created timestamptz NOT NULL, note text NOT NULL%s, filled bigint)
                """.formatted(keyType, extraColumns(", w%d text NOT NULL")),
                """
                INSERT INTO item
                SELECT %1$s, n * 7919 %% (%2$d / 10 + 1), n %% 997, 0, timestamptz '2026-01-01 00:00Z' + n * interval '1 second',
                  md5(n::text) || md5((-n)::text)%3$s
                FROM generate_series(1::bigint, %2$d) n
                """.formatted(keyOf("n"), rows, extraColumns(", md5((n + %d)::text)")),
                hasKey ? "ALTER TABLE item ADD PRIMARY KEY (id)" : "CREATE INDEX ON item (id)",
                "CREATE INDEX ON item (customer)",
                "CREATE INDEX ON item (created)",
                "CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL)",
                "CREATE TABLE entry (account integer NOT NULL, amount integer NOT NULL, at timestamptz NOT NULL)",
                "INSERT INTO account SELECT n, 0 FROM generate_series(1, 100000) n",
                "VACUUM (ANALYZE)");
    }

    private String extraColumns(String format) {
        return IntStream.rangeClosed(1, extraColumns)
                .mapToObj(format::formatted)
                .collect(Collectors.joining());
    }
}
