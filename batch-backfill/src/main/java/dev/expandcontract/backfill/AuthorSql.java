package dev.expandcontract.backfill;

import dev.expandcontract.sql.SqlExpression;
import org.jspecify.annotations.Nullable;

/**
 * SQL text of an author that becomes a part of a larger statement. Sees what would let it break out of its place (a
 * semicolon, a bracket too many, a quote that never ends), since PostgreSQL would run such text without a complaint.
 */
final class AuthorSql {
    private final String text;
    private final StringBuilder escaped = new StringBuilder();
    private int depth;
    private @Nullable String mistake;

    AuthorSql(SqlExpression expression) {
        this.text = expression.text();
        int position = 0;
        while (position < text.length() && mistake == null) {
            position = read(position);
        }
        if (mistake == null && depth > 0) {
            mistake = "a bracket is not closed";
        }
    }

    /** What is wrong with it; null if nothing is. */
    @Nullable
    String mistake() {
        return mistake;
    }

    /** With every {@code ?} that is an operator doubled, as JDBC wants it. */
    String forPreparedStatement() {
        return escaped.toString();
    }

    private int read(int position) {
        int end = endOfQuoted(position);
        if (end > text.length()) {
            mistake = "a quote or comment is not closed";
            return end;
        }
        if (end > position) {
            escaped.append(text, position, end);
            return end;
        }
        char c = text.charAt(position);
        escaped.append(c == '?' ? "??" : c);
        switch (c) {
            case ';' -> mistake = "a semicolon is not allowed (at character " + (position + 1) + ")";
            case '(' -> depth++;
            case ')' -> depth--;
            default -> {}
        }
        if (depth < 0) {
            mistake = "a bracket is closed that was not opened (at character " + (position + 1) + ")";
        }
        return position + 1;
    }

    /** Where the string, name or comment ends that begins here; here if none does; past the text if it never ends. */
    private int endOfQuoted(int start) {
        return switch (text.charAt(start)) {
            case '\'' -> endOfString(start + 1, '\'', isEscapeString(start));
            case '"' -> endOfString(start + 1, '"', false);
            case '-' -> text.startsWith("--", start) ? endOfLine(start) : start;
            case '/' -> text.startsWith("/*", start) ? endOfComment(start) : start;
            case '$' -> endOfDollarQuoted(start);
            default -> start;
        };
    }

    private int endOfString(int start, char quote, boolean backslashes) {
        int i = start;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean doubled = c == quote && i + 1 < text.length() && text.charAt(i + 1) == quote;
            if (c == quote && !doubled) {
                return i + 1;
            }
            i += doubled || (backslashes && c == '\\') ? 2 : 1;
        }
        return text.length() + 1;
    }

    private int endOfLine(int start) {
        int end = text.indexOf('\n', start);
        return end < 0 ? text.length() : end;
    }

    private int endOfComment(int start) {
        int open = 0;
        for (int i = start; i < text.length() - 1; i++) {
            if (text.startsWith("/*", i)) {
                open++;
                i++;
            } else if (text.startsWith("*/", i)) {
                i++;
                if (--open == 0) {
                    return i + 1;
                }
            }
        }
        return text.length() + 1;
    }

    private int endOfDollarQuoted(int start) {
        int tagEnd = start + 1;
        while (tagEnd < text.length() && isNamePart(text.charAt(tagEnd))) {
            tagEnd++;
        }
        if (tagEnd >= text.length()
                || text.charAt(tagEnd) != '$'
                || (start > 0 && isNamePart(text.charAt(start - 1)))) {
            return start;
        }
        String tag = text.substring(start, tagEnd + 1);
        int close = text.indexOf(tag, tagEnd + 1);
        return close < 0 ? text.length() + 1 : close + tag.length();
    }

    private boolean isEscapeString(int quote) {
        return quote > 0
                && (text.charAt(quote - 1) == 'E' || text.charAt(quote - 1) == 'e')
                && (quote == 1 || !isNamePart(text.charAt(quote - 2)));
    }

    private static boolean isNamePart(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }
}
