package dev.expandcontract.operation;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.sql.DurationText;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An operation as its users see it: its name, its attributes, and how to make one from their values. */
public final class OperationType {
    private static final List<OperationType> ALL = Arrays.stream(Operation.class.getPermittedSubclasses())
            .map(OperationType::new)
            .toList();

    private final Class<?> record;
    private final List<Attribute> attributes;

    private OperationType(Class<?> record) {
        this.record = record;
        this.attributes =
                Arrays.stream(record.getRecordComponents()).map(Attribute::of).toList();
    }

    /** All operations, in the order of their names. */
    public static List<OperationType> all() {
        return ALL;
    }

    /** The operation of this name, in camelCase ({@code createIndex}) or snake_case ({@code create_index}). */
    public static Optional<OperationType> named(String name) {
        return ALL.stream()
                .filter(type -> type.name().equals(name) || type.snakeName().equals(name))
                .findFirst();
    }

    public static OperationType of(Class<? extends Operation> record) {
        return ALL.stream().filter(type -> type.record == record).findFirst().orElseThrow();
    }

    /** {@code createIndex}. */
    public String name() {
        String name = record.getSimpleName();
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    /** {@code create_index}. */
    public String snakeName() {
        return name().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    public String description() {
        return Objects.requireNonNull(record.getAnnotation(Describe.class), () -> record + " needs @Describe")
                .value();
    }

    /** Why it has no undo; empty where its plan knows one. */
    public Optional<String> noUndo() {
        return Optional.ofNullable(record.getAnnotation(NoUndo.class)).map(NoUndo::value);
    }

    /** {@code create-index}, as files about it are named. */
    public String fileName() {
        return snakeName().replace('_', '-');
    }

    public List<Attribute> attributes() {
        return attributes;
    }

    public Optional<Attribute> attribute(String name) {
        return attributes.stream()
                .filter(a -> a.name().equals(name) || a.snakeName().equals(name))
                .findFirst();
    }

    /**
     * Makes the operation.
     *
     * @param values by attribute name, in either spelling; null values count as not given
     * @throws InvalidOperation with every unknown, missing and unreadable attribute
     */
    public Operation bind(Map<String, ? extends @Nullable Object> values) {
        List<Problem> problems = new ArrayList<>();
        values.keySet().stream()
                .filter(name -> attribute(name).isEmpty())
                .map(this::unknown)
                .forEach(problems::add);
        @Nullable
        Object[] arguments = attributes.stream()
                .map(attribute -> argument(attribute, values, problems))
                .toArray();
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
        return create(arguments);
    }

    /** The attributes that were given, by name, as text. */
    public Map<String, String> values(Operation operation) {
        Map<String, String> values = new java.util.LinkedHashMap<>();
        for (RecordComponent component : record.getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(operation);
                if (value != null) {
                    values.put(component.getName(), text(value));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Can't read " + component, e);
            }
        }
        return values;
    }

    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return DurationText.of(duration);
        }
        return value instanceof List<?> list
                ? String.join(", ", list.stream().map(Object::toString).toList())
                : value.toString();
    }

    private Problem unknown(String name) {
        boolean snake = name.indexOf('_') >= 0;
        List<String> known = attributes.stream()
                .map(attribute -> snake ? attribute.snakeName() : attribute.name())
                .toList();
        return new Problem(name(), "unknown attribute " + name + Suggestion.forName(name, known));
    }

    private @Nullable Object argument(
            Attribute attribute, Map<String, ? extends @Nullable Object> values, List<Problem> problems) {
        Object raw = values.get(attribute.name());
        if (raw == null) {
            raw = values.get(attribute.snakeName());
        }
        if (raw == null) {
            if (attribute.isRequired()) {
                problems.add(new Problem(
                        name(), "attribute " + attribute.name() + " is missing: " + attribute.description()));
            }
            return null;
        }
        try {
            return attribute.type().parse(raw);
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(name(), "attribute " + attribute.name() + ": " + e.getMessage()));
            return null;
        }
    }

    private Operation create(@Nullable Object[] arguments) {
        try {
            Constructor<?> constructor = record.getDeclaredConstructors()[0];
            return (Operation) constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException invalid) {
                throw new InvalidOperation(List.of(new Problem(name(), String.valueOf(invalid.getMessage()))));
            }
            throw new IllegalStateException("Can't make " + name(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Can't make " + name(), e);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
