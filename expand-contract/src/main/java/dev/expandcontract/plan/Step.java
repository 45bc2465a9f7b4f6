package dev.expandcontract.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing to do. Doing it when it is done changes nothing.
 *
 * @param description in the imperative, naming the object
 * @param locks the table locks that it takes, beyond those any query takes
 * @param undo what takes it back; null where nothing has to be, or nothing can be
 */
public record Step(
        String description,
        Action action,
        List<Lock> locks,
        DoneWhen doneWhen,
        @Nullable Step undo) {
    public Step {
        locks = List.copyOf(locks);
    }

    public static Step shortly(String description, String sql, List<Lock> locks, DoneWhen doneWhen) {
        return new Step(description, new Action.ShortTransaction(sql), locks, doneWhen, null);
    }

    public static Step longRunning(String description, String sql, List<Lock> locks, DoneWhen doneWhen) {
        return new Step(description, new Action.LongStatement(sql, null, null), locks, doneWhen, null);
    }

    /** The same step, leaving nothing behind when it fails. */
    public Step cleanedUpBy(Step other) {
        return new Step(description, new Action.LongStatement(action.sql(), other, null), locks, doneWhen, undo);
    }

    /** The same step; when it fails, an earlier one that this run did is undone. */
    public Step takingBack(Step earlier) {
        return new Step(
                description, new Action.LongStatement(action.sql(), earlier.undo(), earlier), locks, doneWhen, undo);
    }

    public Step doneWhen(DoneWhen other) {
        return new Step(description, action, locks, other, undo);
    }

    public Step undoneBy(Step other) {
        return new Step(description, action, locks, doneWhen, other);
    }

    /** The locks as scripts and progress name them: {@code SHARE ROW EXCLUSIVE on public.a and public.b}. */
    public String lockText() {
        Map<LockMode, String> tables = new LinkedHashMap<>();
        locks.forEach(lock -> tables.merge(lock.mode(), lock.table().sql(), (one, other) -> one + " and " + other));
        return tables.isEmpty()
                ? "none"
                : tables.entrySet().stream()
                        .map(entry -> entry.getKey().sql() + " on " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
