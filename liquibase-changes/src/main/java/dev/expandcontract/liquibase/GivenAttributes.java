package dev.expandcontract.liquibase;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.operation.Attribute;
import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.sql.SqlText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import liquibase.parser.core.ParsedNode;
import org.jspecify.annotations.Nullable;

/**
 * What the author of one change wrote, in one form for all formats, so that XML, YAML and JSON give the same checksum:
 * lists as text with commas, nothing filled in. Mistakes are kept until Liquibase validates, so that all of them are
 * told at once.
 */
final class GivenAttributes {
    private final OperationType type;
    private final Map<String, String> values = new TreeMap<>();
    private final List<Problem> misread = new ArrayList<>();

    GivenAttributes(OperationType type) {
        this.type = type;
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    void set(String name, @Nullable Object value) {
        if (value == null) {
            values.remove(name);
        } else {
            values.put(name, text(name, value));
        }
    }

    void read(ParsedNode node) {
        if (node.getValue() != null) {
            misread.add(Problem.of("expected attributes but found the text " + node.getValue()));
        }
        for (ParsedNode child : node.getChildren()) {
            if (child.getChildren().isEmpty()) {
                set(child.getName(), child.getValue());
            } else {
                misread.add(Problem.of("attribute " + child.getName() + ": expected a value but found "
                        + child.getChildren().stream().map(ParsedNode::getName).collect(Collectors.joining(", "))
                        + " inside it"));
            }
        }
    }

    /** @throws InvalidOperation with every mistake */
    Operation operation() {
        List<Problem> problems = new ArrayList<>(misread);
        try {
            Operation operation = type.bind(values);
            if (problems.isEmpty()) {
                return operation;
            }
        } catch (InvalidOperation e) {
            problems.addAll(e.problems());
        }
        throw new InvalidOperation(problems);
    }

    private String text(String name, Object value) {
        boolean list = type.attribute(name)
                .map(Attribute::type)
                .filter(t -> t.isList())
                .isPresent();
        if (value instanceof Collection<?> parts) {
            return parts.stream().map(part -> String.valueOf(part).strip()).collect(Collectors.joining(", "));
        }
        String text = value.toString().strip();
        return list ? SqlText.splitAtCommas(text).stream().map(String::strip).collect(Collectors.joining(", ")) : text;
    }
}
