package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.util.ArrayList;
import java.util.List;

/** The rows from one place in the table's file, included, to another, excluded. Positions are like {@code (17,0)}. */
record BlockRange(List<String> after, List<String> upTo) implements Range {
    BlockRange {
        after = List.copyOf(after);
        upTo = List.copyOf(upTo);
    }

    static List<String> startOf(long block) {
        return List.of("(" + block + ",0)");
    }

    /** Of a position. */
    static long block(List<String> position) {
        String tid = position.get(0);
        return Long.parseLong(tid.substring(1, tid.indexOf(',')));
    }

    @Override
    public String predicate(Identifier table) {
        List<String> terms = new ArrayList<>();
        if (!after.isEmpty()) {
            terms.add(table.sql() + ".ctid >= CAST(? AS tid)");
        }
        if (!upTo.isEmpty()) {
            terms.add(table.sql() + ".ctid < CAST(? AS tid)");
        }
        return terms.isEmpty() ? "true" : String.join(" AND ", terms);
    }

    @Override
    public List<String> values() {
        List<String> values = new ArrayList<>(after);
        values.addAll(upTo);
        return values;
    }

    @Override
    public String toString() {
        return "blocks from " + (after.isEmpty() ? "0" : after.get(0)) + " up to "
                + (upTo.isEmpty() ? "the end" : upTo.get(0));
    }
}
