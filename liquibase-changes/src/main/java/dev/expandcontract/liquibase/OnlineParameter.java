package dev.expandcontract.liquibase;

import dev.expandcontract.operation.Attribute;
import java.util.Map;
import liquibase.change.Change;
import liquibase.change.ChangeParameterMetaData;
import liquibase.serializer.LiquibaseSerializable.SerializationType;
import org.jspecify.annotations.Nullable;

/**
 * An attribute as Liquibase knows it. Liquibase keeps one for all changes of a class; the values are in the changes.
 * Declared as text, because Liquibase reads {@code ture} as the boolean false.
 */
final class OnlineParameter extends ChangeParameterMetaData {
    OnlineParameter(Change change, Attribute attribute) {
        super(
                change,
                attribute.name(),
                attribute.name(),
                attribute.description(),
                Map.of(),
                null,
                String.class,
                new String[] {attribute.isRequired() ? ALL : NONE},
                new String[] {"postgresql"},
                null,
                SerializationType.NAMED_FIELD);
    }

    @Override
    public @Nullable Object getCurrentValue(Change change) {
        return ((OnlineChange) change).attributes().get(getParameterName());
    }

    @Override
    public void setValue(Change change, @Nullable Object value) {
        ((OnlineChange) change).attributes().set(getParameterName(), value);
    }
}
