package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A unique index that gives every row a place, and so an axis to go along.
 *
 * @param types of the columns
 */
record Key(List<Identifier> columns, List<Type> types) {
    /** Keys read the same in every session, and a row that a policy would hide is an error instead. */
    static final LocalSettings SETTINGS = LocalSettings.of("DateStyle", "ISO")
            .with("IntervalStyle", "postgres")
            .with("lc_monetary", "C")
            .with("extra_float_digits", "1")
            .with("row_security", "off");

    /**
     * What a column holds, written so that it means the same whatever the search path is.
     *
     * @param collation empty where it is the type's own: a domain may have another than the column of that domain
     */
    record Type(String name, String collation) {
        /** A parameter, given as text and cast by PostgreSQL itself, so that a key may be of any type. */
        String parameter() {
            return of("?");
        }

        String of(String text) {
            return "CAST(" + text + " AS " + name + ")" + collate();
        }

        private String collate() {
            return collation.isEmpty() ? "" : " COLLATE " + collation;
        }

        @Override
        public String toString() {
            return name + collate();
        }
    }

    Key {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
    }

    List<String> columnNames() {
        return columns.stream().map(Identifier::value).toList();
    }

    List<String> typeNames() {
        return types.stream().map(Type::toString).toList();
    }

    /** {@code t.a::text}, {@code t.b::text}. */
    List<String> valuesAsText(Identifier table) {
        return columns.stream()
                .map(column -> "CAST(" + column(table, column) + " AS text)")
                .toList();
    }

    /** {@code CAST(array[1] AS integer)}, {@code CAST(array[2] AS text)}. */
    String valuesOf(String array) {
        return IntStream.range(0, types.size())
                .mapToObj(i -> types.get(i).of(array + '[' + (i + 1) + ']'))
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
