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
import java.util.Optional;
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
            named(child.getName()).ifPresentOrElse(attribute -> read(child, attribute), () -> unknown(child));
        }
    }

    private void read(ParsedNode child, Attribute attribute) {
        String name = attribute.name();
        if (!child.getChildren().isEmpty()) {
            misread(name + ": expected a value but found "
                    + child.getChildren().stream().map(ParsedNode::getName).collect(Collectors.joining(", "))
                    + " inside it");
        } else if (isEmpty(child.getValue())) {
            misread(name + " has no value, or an empty one in its list: give it one, or leave it out");
        } else if (child.getValue() instanceof Collection<?>
                && !attribute.type().isList()) {
            misread(name + ": expected " + attribute.type().words() + " but found a list");
        } else if (values.containsKey(name)) {
            misread(name + " is given twice: leave one of the two out");
        } else {
            set(name, child.getValue());
        }
    }

    private void unknown(ParsedNode child) {
        String name = child.getName();
        // The other spelling is another host's; taken here, it would be missing in the checksum.
        type.attribute(name)
                .ifPresentOrElse(
                        attribute -> misread.add(
                                Problem.of("unknown attribute " + name + ", did you mean " + attribute.name() + "?")),
                        () -> values.put(name, String.valueOf(child.getValue())));
    }

    private void misread(String problem) {
        misread.add(Problem.of("attribute " + problem));
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value instanceof Collection<?> parts
                ? parts.isEmpty() || parts.stream().anyMatch(GivenAttributes::isEmpty)
                : value == null || value.toString().isBlank();
    }

    private Optional<Attribute> named(String name) {
        return type.attributes().stream()
                .filter(attribute -> attribute.name().equals(name))
                .findFirst();
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
        if (value instanceof Collection<?> parts) {
            return parts.stream().map(part -> String.valueOf(part).strip()).collect(Collectors.joining(", "));
        }
        boolean list = named(name).map(Attribute::type).filter(t -> t.isList()).isPresent();
        String text = value.toString().strip();
        return list ? SqlText.splitAtCommas(text).stream().map(String::strip).collect(Collectors.joining(", ")) : text;
    }
}
