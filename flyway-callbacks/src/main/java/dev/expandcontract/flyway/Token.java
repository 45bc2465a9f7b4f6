package dev.expandcontract.flyway;

import java.util.Locale;

/**
 * A word, name, literal or sign of a statement.
 *
 * @param text as it is written
 * @param offset of its first character in the statement
 */
record Token(Kind kind, String text, int offset) {
    enum Kind {
        WORD,
        QUOTED_NAME,
        STRING,
        NUMBER,
        SIGN,
        /** A quote that nothing closes. */
        UNCLOSED
    }

    boolean is(String wordOrSign) {
        return (kind == Kind.WORD || kind == Kind.SIGN) && text.equalsIgnoreCase(wordOrSign);
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
    }

    int end() {
        return offset + text.length();
    }

    /** The name as the catalogue would hold it. */
    String name() {
        return kind == Kind.QUOTED_NAME
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                : text.toLowerCase(Locale.ROOT);
    }

    /** What a string literal stands for. */
    String string() {
        if (text.startsWith("$")) {
            int tag = text.indexOf('$', 1) + 1;
            return text.substring(tag, text.length() - tag);
        }
        boolean escapes = !text.startsWith("'");
        String content =
                text.substring(text.indexOf('\'') + 1, text.length() - 1).replace("''", "'");
        return escapes ? Escapes.resolve(content) : content;
    }
}
