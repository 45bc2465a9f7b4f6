package dev.expandcontract.backfill;

import java.util.List;
import java.util.Optional;

/**
 * What the names in a job's definition stand for in the catalogue. While a job is stopped, they may come to stand for
 * something else, whose rows have nothing to do with the job's frontier.
 *
 * @param table its oid
 * @param keyColumns of the key; empty in block order
 * @param keyTypes of the key's columns, with their collations
 * @param assignedColumns the numbers of the columns that SET assigns, ascending
 */
record Binding(
        long table, AxisKind axis, List<String> keyColumns, List<String> keyTypes, List<Integer> assignedColumns) {
    Binding {
        keyColumns = List.copyOf(keyColumns);
        keyTypes = List.copyOf(keyTypes);
        assignedColumns = List.copyOf(assignedColumns);
    }

    static Binding of(JobCheck.Findings findings, Axis axis) {
        Key key = axis instanceof KeyAxis along ? along.key() : null;
        return new Binding(
                findings.table(),
                axis.kind(),
                key == null ? List.of() : key.columnNames(),
                key == null ? List.of() : key.typeNames(),
                findings.assigned().stream().map(Column::number).toList());
    }

    /** What is no longer as it was, in words; empty if all is. */
    Optional<String> changedSince(JobCheck.Findings now) {
        if (table != now.table()) {
            return Optional.of("that table was dropped, and this is another one of its name");
        }
        Optional<Key> key = key(now);
        if (axis == AxisKind.KEY && key.isEmpty()) {
            return Optional.of("that key is no longer there");
        }
        if (key.isPresent() && !keyTypes.equals(key.get().typeNames())) {
            return Optional.of("that key was of type %s then and is of type %s now"
                    .formatted(inWords(keyTypes), inWords(key.get().typeNames())));
        }
        List<String> added = now.assigned().stream()
                .filter(column -> !assignedColumns.contains(column.number()))
                .map(column -> column.name().sql())
                .toList();
        return added.isEmpty()
                ? Optional.empty()
                : Optional.of("what it sets (" + inWords(added) + ") was dropped and added anew");
    }

    /** The axis as it is now; only where nothing has changed. */
    Axis axis(JobCheck.Findings now) {
        return axis == AxisKind.BLOCK ? now.blocks() : new KeyAxis(key(now).orElseThrow());
    }

    /** The key by its columns. */
    Optional<Key> key(JobCheck.Findings now) {
        return now.keys().stream()
                .filter(key -> key.columnNames().equals(keyColumns))
                .findFirst();
    }

    private static String inWords(List<String> names) {
        return String.join(", ", names);
    }
}
