package dev.expandcontract.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts SQL text into tokens where PostgreSQL does, as far as it takes to know what is a string, a name, a comment, and what
 * is none of them. The rules are those of PostgreSQL's documentation, "Lexical Structure".
 */
public final class SqlLexer {
    /** {@code UNTERMINATED} is a string, a quoted name or a comment that has no end. */
    public enum Kind {
        NAME,
        STRING,
        COMMENT,
        SYMBOL,
        UNTERMINATED
    }

    /** @param start index of its first character */
    public record Token(Kind kind, int start, String text) {
        public boolean is(String symbol) {
            return kind == Kind.SYMBOL && text.equals(symbol);
        }
    }

    private static final int NO_END = -1;

    /** A string goes on after a line end, with the same meaning of backslashes. */
    private static final Pattern CONTINUATION = Pattern.compile(
            "(?:[ \\t\\f\\u000B]++|--[^\\n\\r]*+)*+[\\n\\r](?:[\\s\\u000B]++|--[^\\n\\r]*+[\\n\\r])*+'");

    private static final Pattern DOLLAR_TAG = Pattern.compile("\\$(?:[A-Za-z_\\x80-\\uFFFF][\\w\\x80-\\uFFFF]*+)?\\$");

    private final String sql;

    private SqlLexer(String sql) {
        this.sql = sql;
    }

    /** All of the text, in its order; a symbol has one character, white space too. */
    public static List<Token> tokens(String sql) {
        var lexer = new SqlLexer(sql);
        List<Token> tokens = new ArrayList<>();
        for (int position = 0; position < sql.length(); ) {
            Token token = lexer.at(position);
            tokens.add(token);
            position += token.text().length();
        }
        return tokens;
    }

    private Token at(int start) {
        char c = sql.charAt(start);
        if (isNameStart(c)) {
            return (c == 'e' || c == 'E') && sql.startsWith("'", start + 1)
                    ? token(Kind.STRING, start, endOfEscapeString(start + 2))
                    : token(Kind.NAME, start, endOfName(start));
        }
        return switch (c) {
            case '\'' -> token(Kind.STRING, start, endOfQuoted(start + 1, '\'', false));
            case '"' -> token(Kind.NAME, start, endOfQuoted(start + 1, '"', false));
            case '-' -> sql.startsWith("--", start) ? token(Kind.COMMENT, start, endOfLine(start)) : symbol(start);
            case '/' -> sql.startsWith("/*", start) ? token(Kind.COMMENT, start, endOfComment(start)) : symbol(start);
            case '$' -> dollar(start);
            default -> symbol(start);
        };
    }

    private Token token(Kind kind, int start, int end) {
        return end == NO_END
                ? new Token(Kind.UNTERMINATED, start, sql.substring(start))
                : new Token(kind, start, sql.substring(start, end));
    }

    private Token symbol(int start) {
        return token(Kind.SYMBOL, start, start + 1);
    }

    private Token dollar(int start) {
        Matcher tag = DOLLAR_TAG.matcher(sql).region(start, sql.length());
        if (!tag.lookingAt()) {
            return symbol(start);
        }
        int close = sql.indexOf(tag.group(), tag.end());
        return token(
                Kind.STRING, start, close < 0 ? NO_END : close + tag.group().length());
    }

    private int endOfEscapeString(int start) {
        Matcher continuation = CONTINUATION.matcher(sql);
        int end = endOfQuoted(start, '\'', true);
        while (end != NO_END && continuation.region(end, sql.length()).lookingAt()) {
            end = endOfQuoted(continuation.end(), '\'', true);
        }
        return end;
    }

    private int endOfQuoted(int start, char quote, boolean backslashes) {
        int i = start;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            boolean doubled = c == quote && i + 1 < sql.length() && sql.charAt(i + 1) == quote;
            if (c == quote && !doubled) {
                return i + 1;
            }
            i += doubled || (backslashes && c == '\\') ? 2 : 1;
        }
        return NO_END;
    }

    /** A carriage return ends a line as well, wherever the text was written. */
    private int endOfLine(int start) {
        int end = start;
        while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    private int endOfComment(int start) {
        int open = 0;
        for (int i = start; i < sql.length() - 1; i++) {
            if (sql.startsWith("/*", i)) {
                open++;
                i++;
            } else if (sql.startsWith("*/", i)) {
                i++;
                if (--open == 0) {
                    return i + 1;
                }
            }
        }
        return NO_END;
    }

    private int endOfName(int start) {
        int end = start + 1;
        while (end < sql.length() && isNamePart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isNameStart(char c) {
        return c == '_' || c > 127 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || c == '$' || (c >= '0' && c <= '9');
    }
}
