package dev.expandcontract.sql;

/**
 * SQL text that the author of a migration wrote: a condition, an expression, a statement. It goes into statements as it
 * is; the type makes every such place visible to the compiler.
 *
 * @param text not blank
 */
public record SqlExpression(String text) {
    /** @throws IllegalArgumentException if the text is blank */
    public SqlExpression {
        if (text.isBlank()) {
            throw new IllegalArgumentException("SQL text must not be blank");
        }
    }

    /** The text, with a line end where a comment at its end would swallow what follows. */
    public String closed() {
        return text.contains("--") ? text + "\n" : text;
    }

    @Override
    public String toString() {
        return text;
    }
}
