package dev.expandcontract.flyway;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code CALL online.create_index(table_name => 'orders', …)}. */
final class CallReader {
    /** What is wrong, and where. */
    private static final class SyntaxProblem extends Exception {
        SyntaxProblem(String message) {
            super(message);
        }
    }

    private final Words words;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Object> arguments = new LinkedHashMap<>();

    private CallReader(Words words) {
        this.words = words;
    }

    static boolean isCall(Words words) {
        return words.isCallOf("online");
    }

    /** @throws InvalidOperation with everything that is wrong with it */
    static Operation read(Words words) {
        return new CallReader(words).read();
    }

    private Operation read() {
        words.take();
        words.take();
        words.take();
        Token token = words.takeName();
        if (token == null) {
            throw new InvalidOperation("expected the name of an operation after CALL online. but found " + next());
        }
        String name = token.name();
        OperationType type = OperationType.named(name)
                .filter(t -> t.snakeName().equals(name))
                .orElse(null);
        if (type == null) {
            List<String> known =
                    OperationType.all().stream().map(OperationType::snakeName).toList();
            problems.add(Problem.of("unknown operation online." + name + Suggestion.forName(name, known)));
        }
        try {
            arguments();
        } catch (SyntaxProblem e) {
            problems.add(Problem.of(name + ": " + e.getMessage()));
        }
        if (type == null || !problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
        return bind(type);
    }

    private Operation bind(OperationType type) {
        try {
            return type.bind(arguments);
        } catch (InvalidOperation e) {
            throw new InvalidOperation(e.problems().stream()
                    .map(problem -> Problem.of(type.snakeName() + ": " + problem.message()))
                    .toList());
        }
    }

    private void arguments() throws SyntaxProblem {
        expect("(");
        if (!words.skip(")")) {
            do {
                argument();
            } while (words.skip(","));
            expect(")");
        }
        if (!words.isAtEnd()) {
            throw new SyntaxProblem("expected the end of the statement but found " + next());
        }
    }

    private void argument() throws SyntaxProblem {
        Token name = words.takeName();
        if (name == null || !(words.skip("=>") || words.skip(":="))) {
            throw new SyntaxProblem(
                    "expected name => value but found " + (name == null ? next() : name.text() + " " + next()));
        }
        Object value = value();
        if (arguments.containsKey(name.name())) {
            problems.add(Problem.of("argument " + name.name() + " is given twice"));
        } else if (value != null) {
            arguments.put(name.name(), value);
        }
    }

    private @Nullable Object value() throws SyntaxProblem {
        if (words.skip("ARRAY")) {
            return array();
        }
        if (words.skip("NULL")) {
            return null;
        }
        if (words.skip("TRUE")) {
            return true;
        }
        if (words.skip("FALSE")) {
            return false;
        }
        String sign = words.skip("-") ? "-" : "";
        Token token = words.peek();
        if (token != null && token.kind() == Token.Kind.NUMBER) {
            return sign + words.take().text();
        }
        if (token != null && token.kind() == Token.Kind.STRING && sign.isEmpty()) {
            return words.take().string();
        }
        throw new SyntaxProblem(
                "expected a value ('text', a number, true, false, NULL or ARRAY[…]) but found " + next());
    }

    private List<Object> array() throws SyntaxProblem {
        List<Object> elements = new ArrayList<>();
        expect("[");
        if (!words.skip("]")) {
            do {
                Object element = value();
                if (element == null) {
                    throw new SyntaxProblem("an array must not contain NULL");
                }
                elements.add(element);
            } while (words.skip(","));
            expect("]");
        }
        return elements;
    }

    private void expect(String sign) throws SyntaxProblem {
        if (!words.skip(sign)) {
            throw new SyntaxProblem("expected " + sign + " but found " + next());
        }
    }

    private String next() {
        Token token = words.peek();
        if (token == null) {
            return "the end of the statement";
        }
        String text = token.text().lines().findFirst().orElse("");
        String start = text.length() <= 40 ? text : text.substring(0, 39) + "…";
        return token.kind() == Token.Kind.UNCLOSED ? "a quote or comment that is not closed: " + start : start;
    }
}
