package dev.expandcontract.backfill;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A range that a worker has.
 *
 * @param part oid of the table, or partition
 * @param file of the part when the range was first claimed, in block order; else 0
 * @param rowsAsked 0 for what was left of the part
 * @param tries how often it met a lock
 * @param lockedFor since it first met one
 */
record Claim(
        long id,
        long part,
        long file,
        List<String> after,
        List<String> upTo,
        long rowsAsked,
        int tries,
        Duration lockedFor) {
    Claim {
        after = List.copyOf(after);
        upTo = List.copyOf(upTo);
    }

    static Claim of(ResultSet row) throws SQLException {
        return new Claim(
                row.getLong("id"),
                row.getLong("part"),
                row.getLong("part_file"),
                TableFacts.texts(row, "after"),
                TableFacts.texts(row, "up_to"),
                row.getLong("rows_asked"),
                row.getInt("tries"),
                Duration.ofMillis((long) (row.getDouble("locked_for") * 1000)));
    }
}
