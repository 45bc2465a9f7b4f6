package dev.expandcontract.error;

import java.util.List;
import java.util.stream.Collectors;

/** An operation that can't be run as written. All its problems at once; nothing was executed. */
public final class InvalidOperation extends ExpandContractException {
    private final List<Problem> problems;

    /** @param problems at least one */
    public InvalidOperation(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    public InvalidOperation(String message) {
        this(List.of(Problem.of(message)));
    }

    public List<Problem> problems() {
        return problems;
    }

    /** The same problems, at this place. */
    public InvalidOperation at(String location) {
        return new InvalidOperation(problems.stream().map(p -> p.at(location)).toList());
    }

    private static String message(List<Problem> problems) {
        if (problems.size() == 1) {
            return problems.get(0) + " (nothing was changed)";
        }
        return problems.stream()
                .map(problem -> "\n  - " + problem)
                .collect(Collectors.joining("", problems.size() + " problems; nothing was changed:", ""));
    }
}
