package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Rows as they lie in the table's file. A position is a {@code ctid}; a range begins with it and ends before it.
 *
 * @param rowsPerBlock how many rows a block holds on the average
 */
record BlockAxis(double rowsPerBlock) implements Axis {
    private static final String BLOCKS = """
            SELECT pg_catalog.pg_relation_size(CAST(? AS oid)) / CAST(current_setting('block_size') AS integer)""";

    @Override
    public AxisKind kind() {
        return AxisKind.BLOCK;
    }

    @Override
    public Range range(List<String> after, List<String> upTo) {
        return new BlockRange(after, upTo);
    }

    @Override
    public List<List<String>> ends(Connection connection, Part part, Range rest, long rows, int most) {
        long blocks = Math.max(1, Math.round(rows / rowsPerBlock));
        long begin = rest.after().isEmpty() ? 0 : BlockRange.block(rest.after());
        return LongStream.rangeClosed(1, most)
                .map(number -> begin + number * blocks)
                .filter(end -> end < BlockRange.block(rest.upTo()))
                .mapToObj(BlockRange::startOf)
                .toList();
    }

    @Override
    public List<String> bound(Connection connection, Part part, List<String> after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BLOCKS)) {
            statement.setLong(1, part.oid());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long blocks = row.getLong(1);
                long begin = after.isEmpty() ? 0 : BlockRange.block(after);
                return blocks > begin ? BlockRange.startOf(blocks) : List.of();
            }
        }
    }

    @Override
    public List<String> position(Identifier table) {
        return List.of("CAST(" + table.sql() + ".ctid AS text)");
    }

    @Override
    public String elsewhere(Identifier table, String positions, String from) {
        return table.sql() + ".ctid NOT IN (SELECT CAST(" + positions + "[1] AS tid) FROM " + from + ")";
    }

    @Override
    public String order(Identifier table) {
        return table.sql() + ".ctid";
    }

    @Override
    public long beforeMiddle(long rows) {
        return rows / 2;
    }

    @Override
    public String toString() {
        return "block order";
    }
}
