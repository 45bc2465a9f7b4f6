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

    /** Whether every step can be taken back, or needs not to be. */
    public boolean isUndoable() {
        return steps.stream().anyMatch(step -> step.undo() != null);
    }

    /** What takes this plan back, last step first. */
    public Plan undo() {
        List<Step> undo = new ArrayList<>(
                steps.stream().map(Step::undo).filter(Objects::nonNull).toList());
        Collections.reverse(undo);
        return new Plan("undo " + subject, undo);
    }
}
