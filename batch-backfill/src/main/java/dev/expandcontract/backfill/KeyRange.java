package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows after one key up to and with another.
 *
 * @param after the key before the first row, as text; empty for the beginning of the table
 * @param upTo the key of the last row, as text; empty for the end of the table
 */
record KeyRange(Key key, List<String> after, List<String> upTo) implements Range {
    KeyRange {
        after = List.copyOf(after);
        upTo = List.copyOf(upTo);
    }

    /**
     * The range as a predicate. Columns that are the same at both ends are compared by {@code =}, and the first that
     * differs also by itself: PostgreSQL estimates a comparison of rows by its first column alone, and would else expect
     * a large part of the table.
     */
    @Override
    public String predicate(Identifier table) {
        List<String> terms = new ArrayList<>();
        int same = columnsInCommon();
        for (int i = 0; i < same; i++) {
            terms.add(key.column(table, i) + " = " + value(i));
        }
        if (!after.isEmpty()) {
            addBound(terms, table, same, ">");
        }
        if (!upTo.isEmpty()) {
            addBound(terms, table, same, "<=");
        }
        return terms.isEmpty() ? "true" : String.join(" AND ", terms);
    }

    @Override
    public List<String> values() {
        List<String> values = new ArrayList<>();
        int same = columnsInCommon();
        values.addAll(upTo.subList(0, same));
        if (!after.isEmpty()) {
            addValues(values, after, same);
        }
        if (!upTo.isEmpty()) {
            addValues(values, upTo, same);
        }
        return values;
    }

    private void addBound(List<String> terms, Identifier table, int from, String operator) {
        int size = key.columns().size();
        if (from + 1 == size) {
            terms.add(key.column(table, from) + ' ' + operator + ' ' + value(from));
            return;
        }
        terms.add(key.column(table, from) + (operator.equals(">") ? " >= " : " <= ") + value(from));
        terms.add(IntStream.range(from, size)
                        .mapToObj(i -> key.column(table, i))
                        .collect(Collectors.joining(", ", "(", ") " + operator))
                + IntStream.range(from, size).mapToObj(this::value).collect(Collectors.joining(", ", " (", ")")));
    }

    private static void addValues(List<String> values, List<String> bound, int from) {
        if (from + 1 < bound.size()) {
            values.add(bound.get(from));
        }
        values.addAll(bound.subList(from, bound.size()));
    }

    private String value(int column) {
        return key.types().get(column).parameter();
    }

    private int columnsInCommon() {
        int same = 0;
        while (same < Math.min(after.size(), upTo.size()) - 1 && after.get(same).equals(upTo.get(same))) {
            same++;
        }
        return same;
    }

    @Override
    public String toString() {
        return after.isEmpty()
                ? key + " up to " + inWords(upTo)
                : key + " after " + inWords(after) + " up to " + inWords(upTo);
    }

    private static String inWords(List<String> values) {
        return values.size() == 1 ? values.get(0) : "(" + String.join(", ", values) + ")";
    }
}
