package dev.expandcontract.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The steps that an operation comes to on one database, in order. All of them, done or not: the runner skips what is
 * done.
 *
 * @param subject the operation and its object in words, such as {@code createIndex orders_customer_id_idx}
 * @param warnings what the author should know, such as a foreign key without an index
 */
public record Plan(String subject, List<Step> steps, List<String> warnings) {
    public Plan {
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
    }

    public Plan(String subject, List<Step> steps) {
        this(subject, steps, List.of());
    }

    /** Whether something takes it back, or nothing has to be taken back. */
    public boolean isUndoable() {
        return changesNothing() || steps.stream().anyMatch(step -> step.undo() != null);
    }

    /** Whether it only waits, for whatever others do. */
    public boolean changesNothing() {
        return steps.stream().map(Step::action).allMatch(Action.AwaitBackfill.class::isInstance);
    }

    /** What takes this plan back, last step first. */
    public Plan undo() {
        List<Step> undo = new ArrayList<>(
                steps.stream().map(Step::undo).filter(Objects::nonNull).toList());
        Collections.reverse(undo);
        return new Plan("undo " + subject, undo);
    }
}
