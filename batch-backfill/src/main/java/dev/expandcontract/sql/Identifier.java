package dev.expandcontract.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One SQL name, as the catalogue holds it (already folded or unquoted).
 *
 * <p>{@link #sql()} is the only way in which a name gets into a statement.
 *
 * @param value the name: 1 to 63 bytes in UTF-8 (PostgreSQL's {@code NAMEDATALEN} - 1), no NUL
 */
public record Identifier(String value) implements Comparable<Identifier> {
    /** The longest name in bytes that PostgreSQL keeps, see {@code NAMEDATALEN} in its documentation. */
    public static final int MAX_BYTES = 63;

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

    /** @throws IllegalArgumentException if PostgreSQL could not hold the name as it is */
    public Identifier {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a name must not be empty");
        }
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name must not contain a NUL character");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the name \"" + value + "\" has " + bytes + " bytes; PostgreSQL keeps at most " + MAX_BYTES);
        }
    }

    /**
     * Reads a name as SQL would: folded to lower case unless it is in double quotes. Text that is no SQL name at all
     * (with blanks or punctuation) is taken literally, so that it can only ever become a quoted name.
     *
     * @throws IllegalArgumentException if the text can't be a name
     */
    public static Identifier parse(String text) {
        NameReader reader = new NameReader(text);
        Identifier name = reader.next();
        if (!reader.atEnd()) {
            throw new IllegalArgumentException("expected one name but found " + text);
        }
        return name;
    }

    /** The name for use in a statement, quoted where PostgreSQL's {@code quote_ident} would quote it. */
    public String sql() {
        return PLAIN.matcher(value).matches() && !Keywords.needsQuotes(value)
                ? value
                : '"' + value.replace("\"", "\"\"") + '"';
    }

    /**
     * A name made from this one and a suffix, at most 63 bytes long: when it would be longer, it is cut before the last
     * part of the suffix, and a hash of the whole keeps it distinct.
     *
     * @param suffix such as {@code _customer_id_idx}, with a short last part
     */
    public Identifier withSuffix(String suffix) {
        String whole = value + suffix;
        if (whole.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            return new Identifier(whole);
        }
        int last = whole.lastIndexOf('_');
        String tail = "_" + String.format(Locale.ROOT, "%08x", whole.hashCode()) + whole.substring(last);
        String head = whole.substring(0, last);
        while ((head + tail).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
        }
        return new Identifier(head + tail);
    }

    @Override
    public int compareTo(Identifier other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return sql();
    }
}
