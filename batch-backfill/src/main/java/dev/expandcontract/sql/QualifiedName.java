package dev.expandcontract.sql;

import org.jspecify.annotations.Nullable;

/**
 * The name of a table, index or type: {@code name} or {@code schema.name}.
 *
 * @param schema null where the search path decides
 */
public record QualifiedName(@Nullable Identifier schema, Identifier name) {

    /**
     * Reads {@code name} or {@code schema.name}, each part as {@link Identifier#parse} does.
     *
     * @throws IllegalArgumentException if the text is not such a name
     */
    public static QualifiedName parse(String text) {
        NameReader reader = new NameReader(text);
        Identifier first = reader.next();
        if (!reader.skipDot()) {
            return checked(reader, text, new QualifiedName(null, first));
        }
        return checked(reader, text, new QualifiedName(first, reader.next()));
    }

    public static QualifiedName of(String schema, String name) {
        return new QualifiedName(new Identifier(schema), new Identifier(name));
    }

    /** Another object in the same schema. */
    public QualifiedName sibling(Identifier other) {
        return new QualifiedName(schema, other);
    }

    /** The name for use in a statement. */
    public String sql() {
        return schema == null ? name.sql() : schema.sql() + '.' + name.sql();
    }

    @Override
    public String toString() {
        return sql();
    }

    private static QualifiedName checked(NameReader reader, String text, QualifiedName name) {
        if (!reader.atEnd()) {
            throw new IllegalArgumentException("expected name or schema.name but found " + text);
        }
        return name;
    }
}
