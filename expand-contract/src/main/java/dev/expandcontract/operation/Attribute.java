package dev.expandcontract.operation;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of an operation, read off a component of its record.
 *
 * @param name in camelCase, as Liquibase writes it
 * @param type what its values are
 * @param isRequired whether it must be given
 * @param description one line for its users
 */
public record Attribute(String name, AttributeType type, boolean isRequired, String description) {

    static Attribute of(RecordComponent component) {
        Describe description =
                Objects.requireNonNull(component.getAnnotation(Describe.class), () -> component + " needs @Describe");
        return new Attribute(
                component.getName(),
                AttributeType.of(component.getGenericType()),
                !component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                description.value());
    }

    /** As Flyway scripts write it: {@code table_name}. */
    public String snakeName() {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
