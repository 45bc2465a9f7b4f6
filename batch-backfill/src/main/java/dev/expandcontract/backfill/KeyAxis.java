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

    /** From one end to the next along the index, which passes over a row in a tenth of the time that counting it takes. */
    @Override
    public List<List<String>> ends(Connection connection, Part part, Range rest, long rows, int most)
            throws SQLException {
        Range upToTheEnd = range(List.of(), rest.upTo());
        List<List<String>> ends = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(endsSql(part, rest, upToTheEnd))) {
            int next = rest.bind(statement, 1);
            statement.setLong(next++, rows - 1);
            next = upToTheEnd.bind(statement, next);
            statement.setLong(next++, rows - 1);
            statement.setInt(next, most);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ends.add(TableFacts.values(row, key.columns().size()));
                }
            }
        }
        return ends;
    }

    private String endsSql(Part part, Range rest, Range upToTheEnd) {
        Identifier table = part.alias();
        Identifier end = new Identifier("expand_contract_end");
        String columns = order(table);
        return """
                WITH RECURSIVE %1$s AS (
                  (SELECT %2$s, 1 AS expand_contract_number FROM %3$s WHERE %4$s ORDER BY %2$s OFFSET ? LIMIT 1)
                  UNION ALL
                  SELECT further.*, expand_contract_number + 1 FROM %1$s CROSS JOIN LATERAL (
                    SELECT %2$s FROM %3$s WHERE (%2$s) > (%5$s) AND %6$s ORDER BY %2$s OFFSET ? LIMIT 1) further
                  WHERE expand_contract_number < ?)
                SELECT %7$s FROM %1$s ORDER BY expand_contract_number""".formatted(
                        end.sql(),
                        columns,
                        part.sql(),
                        rest.predicate(table),
                        order(end),
                        upToTheEnd.predicate(table),
                        String.join(", ", position(end)));
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
    public String elsewhere(Identifier table, String positions, String from) {
        return "(" + order(table) + ") NOT IN (SELECT " + key.valuesOf(positions) + " FROM " + from + ")";
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
