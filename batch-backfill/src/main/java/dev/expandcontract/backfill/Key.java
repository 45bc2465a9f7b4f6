package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A unique index that gives every row a place, and so an axis to go along.
 *
 * @param types of the columns, as PostgreSQL writes them
 */
record Key(List<Identifier> columns, List<String> types) {
    /** Keys read the same in every session, and a row that a policy would hide is an error instead. */
    static final String SETTINGS =
            "SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1; SET LOCAL row_security = off";

    Key {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
    }

    List<String> columnNames() {
        return columns.stream().map(Identifier::value).toList();
    }

    /** {@code t.a::text, t.b::text}. */
    String valuesAsText(Identifier table) {
        return columns.stream()
                .map(column -> "CAST(" + column(table, column) + " AS text)")
                .collect(Collectors.joining(", "));
    }

    /** {@code t.a DESC, t.b DESC}, where the direction is {@code  DESC}. */
    String order(Identifier table, String direction) {
        return columns.stream().map(column -> column(table, column) + direction).collect(Collectors.joining(", "));
    }

    String column(Identifier table, int position) {
        return column(table, columns.get(position));
    }

    private static String column(Identifier table, Identifier column) {
        return table.sql() + '.' + column.sql();
    }

    @Override
    public String toString() {
        String names = columns.stream().map(Identifier::sql).collect(Collectors.joining(", "));
        return columns.size() == 1 ? names : "(" + names + ")";
    }
}
