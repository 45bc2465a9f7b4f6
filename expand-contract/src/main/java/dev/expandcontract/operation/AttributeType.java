package dev.expandcontract.operation;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.sql.DurationText;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** What the values of an attribute are, and how they are read from text. */
public enum AttributeType {
    TABLE_NAME("a name or schema.name", QualifiedName.class, false, QualifiedName::parse),
    NAME("a name", Identifier.class, false, Identifier::parse),
    NAMES("names separated by commas", Identifier.class, true, Identifier::parse),
    SQL("SQL text", SqlExpression.class, false, SqlExpression::new),
    SQL_LIST("SQL texts separated by commas", SqlExpression.class, true, SqlExpression::new),
    STORAGE("name=value, separated by commas", StorageParameter.class, true, StorageParameter::parse),
    BOOLEAN("true or false", Boolean.class, false, AttributeType::parseBoolean),
    TEXT("text", String.class, false, text -> text),
    NUMBER("a whole number", Integer.class, false, AttributeType::parseNumber),
    AXIS("key or block", AxisKind.class, false, AttributeType::parseAxis),
    MODE("inline, background or auto", BackfillMode.class, false, BackfillMode::of),
    DURATION("a duration such as 500ms, 10s, 5min, 2h or 1d", Duration.class, false, AttributeType::parseDuration),
    ACTION(
            "NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT",
            ReferentialAction.class,
            false,
            AttributeType::parseAction);

    private final String words;
    private final Class<?> element;
    private final boolean isList;

    @SuppressWarnings("ImmutableEnumChecker") // the parsers keep nothing
    private final Function<String, Object> parser;

    AttributeType(String words, Class<?> element, boolean isList, Function<String, Object> parser) {
        this.words = words;
        this.element = element;
        this.isList = isList;
        this.parser = parser;
    }

    /** What a value looks like, in words. */
    public String words() {
        return words;
    }

    public boolean isList() {
        return isList;
    }

    /**
     * Reads a value: text, a boolean or number, or a list of these for a list type.
     *
     * @throws IllegalArgumentException if it is not of this type
     */
    Object parse(Object raw) {
        if (!isList) {
            if (raw instanceof Collection<?>) {
                throw new IllegalArgumentException("expected " + words + " but found a list");
            }
            return parser.apply(raw.toString());
        }
        Collection<?> parts = raw instanceof Collection<?> list ? list : SqlText.splitAtCommas(raw.toString());
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("expected " + words + " but found an empty list");
        }
        return parts.stream().map(part -> parser.apply(part.toString())).toList();
    }

    static AttributeType of(Type type) {
        boolean list = type instanceof ParameterizedType generic && generic.getRawType() == List.class;
        Type element = list ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
        return Arrays.stream(values())
                .filter(t -> t.isList == list && t.element == element)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no attribute type for " + type));
    }

    private static Object parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false but found " + text);
        };
    }

    private static Object parseNumber(String text) {
        try {
            return Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected " + NUMBER.words + " but found " + text, e);
        }
    }

    private static Object parseDuration(String text) {
        try {
            return DurationText.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + DURATION.words + " but found " + text, e);
        }
    }

    private static Object parseAxis(String text) {
        return Arrays.stream(AxisKind.values())
                .filter(kind -> kind.text().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("expected " + AXIS.words + " but found " + text));
    }

    private static Object parseAction(String text) {
        try {
            return ReferentialAction.valueOf(
                    text.strip().toUpperCase(Locale.ROOT).replaceAll("[\\s_]+", "_"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + ACTION.words + " but found " + text, e);
        }
    }
}
