package dev.expandcontract.flyway;

import dev.expandcontract.error.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands in the way of running a script statement by statement, in several transactions and maybe several runs. */
final class Obstacles {
    private final Script script;
    private final List<Problem> found = new ArrayList<>();
    private boolean isInBlock;

    private Obstacles(Script script) {
        this.script = script;
    }

    /** With file, line, reason and remedy; beside what is wrong with the calls themselves. */
    static List<Problem> of(Script script) {
        Obstacles obstacles = new Obstacles(script);
        List<Part> parts = script.parts();
        for (int i = 0; i < parts.size(); i++) {
            String message = obstacles.message(parts.get(i), parts.subList(i + 1, parts.size()));
            if (message != null) {
                obstacles.found.add(
                        new Problem(script.name() + ":" + parts.get(i).line(), message));
            }
        }
        return obstacles.found;
    }

    private @Nullable String message(Part part, List<Part> later) {
        if (part instanceof Part.TransactionBoundary boundary) {
            isInBlock = boundary.isBegin();
        }
        if (part instanceof Part.Unsupported unsupported) {
            return unsupported.what()
                    + " can't stand in a script with online operations; put it in a script of its own";
        }
        if (!(part instanceof Part.Plain plain)) {
            return isInBlock && !(part instanceof Part.TransactionBoundary)
                    ? "this can't be run between BEGIN and COMMIT without dividing the transaction; put it before or after"
                    : null;
        }
        if (!goesOnAfterACommit(later)) {
            return null;
        }
        return switch (plain.reach()) {
            case SESSION ->
                "this lasts for the session only, and would be missing when a later run goes on after it;"
                        + " put it, with the statements that need it, in a script of its own";
            case TRANSACTION ->
                isInBlock || !script.hasCalls()
                        ? null
                        : "this lasts for one transaction only, and a script with online operations has several; without"
                                + " LOCAL it lasts, or put it between BEGIN and COMMIT with the statements that need it";
            case DATABASE, OWN_TRANSACTIONS -> null;
        };
    }

    /** Plain statements share a transaction only in a script that was written for us. */
    private boolean goesOnAfterACommit(List<Part> later) {
        return later.stream().anyMatch(part -> !script.hasCalls() || !(part instanceof Part.Plain));
    }
}
