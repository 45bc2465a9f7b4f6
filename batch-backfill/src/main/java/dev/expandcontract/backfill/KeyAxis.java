package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Rows in order of a unique key. A position is the key of a row. */
record KeyAxis(Key key) implements Axis {
    @Override
    public AxisKind kind() {
        return AxisKind.KEY;
    }

    @Override
    public Range range(List<String> after, List<String> upTo) {
        return new KeyRange(key, after, upTo);
    }

    @Override
    public List<String> end(Connection connection, Part part, Range rest, long rows) throws SQLException {
        return row(connection, part, rest, order(part.alias()) + " OFFSET " + (rows - 1));
    }

    @Override
    public List<String> bound(Connection connection, Part part, List<String> after) throws SQLException {
        return row(connection, part, range(after, List.of()), key.order(part.alias(), " DESC"));
    }

    @Override
    public List<String> position(Identifier table) {
        return key.valuesAsText(table);
    }

    @Override
    public String order(Identifier table) {
        return key.order(table, "");
    }

    @Override
    public long beforeMiddle(long rows) {
        return rows / 2 - 1;
    }

    @Override
    public String toString() {
        return "key " + key;
    }
}
