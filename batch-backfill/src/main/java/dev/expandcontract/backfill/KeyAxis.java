package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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

    /** One way along the index, whatever their number. */
    @Override
    public List<List<String>> ends(Connection connection, Part part, Range rest, long rows, int most)
            throws SQLException {
        Identifier table = part.alias();
        String columns = order(table);
        String sql = "SELECT " + String.join(", ", position(table)) + " FROM (SELECT " + columns
                + ", row_number() OVER (ORDER BY " + columns + ") AS expand_contract_number FROM " + part.sql()
                + " WHERE " + rest.predicate(table) + " ORDER BY " + columns + " LIMIT " + rows * most + ") AS "
                + table.sql() + " WHERE expand_contract_number % " + rows + " = 0 ORDER BY expand_contract_number";
        List<List<String>> ends = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            rest.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ends.add(TableFacts.values(row, key.columns().size()));
                }
            }
        }
        return ends;
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
