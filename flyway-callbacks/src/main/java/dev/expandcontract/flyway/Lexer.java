package dev.expandcontract.flyway;

import dev.expandcontract.flyway.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a statement apart as PostgreSQL's scanner would; comments and blanks are left out. */
final class Lexer {
    private static final Pattern DOLLAR_TAG = Pattern.compile("\\$(?:[A-Za-z_\\x80-\\uFFFF][\\w\\x80-\\uFFFF]*)?\\$");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]+)?");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_\\x80-\\uFFFF][\\w$\\x80-\\uFFFF]*");
    private static final Pattern SIGN = Pattern.compile("=>|:=|::|.", Pattern.DOTALL);

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String sql) {
        this.sql = sql;
    }

    static List<Token> tokens(String sql) {
        Lexer lexer = new Lexer(sql);
        while (lexer.at < sql.length()) {
            lexer.next();
        }
        return lexer.tokens;
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
        } else if (sql.startsWith("/*", at)) {
            comment();
        } else if (c == '\'') {
            quoted(Kind.STRING, at + 1, false);
        } else if ((c == 'e' || c == 'E') && sql.startsWith("'", at + 1)) {
            quoted(Kind.STRING, at + 2, true);
        } else if (c == '"') {
            quoted(Kind.QUOTED_NAME, at + 1, false);
        } else if (!dollarQuoted() && !matched(WORD, Kind.WORD) && !matched(NUMBER, Kind.NUMBER)) {
            matched(SIGN, Kind.SIGN);
        }
    }

    /** PostgreSQL's comments nest. */
    private void comment() {
        int start = at;
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else if (++at >= sql.length()) {
                add(Kind.UNCLOSED, start, sql.length());
                return;
            }
        } while (depth > 0 && at < sql.length());
    }

    private void quoted(Kind kind, int from, boolean backslashes) {
        char quote = sql.charAt(from - 1);
        for (int i = from; i < sql.length(); i++) {
            if (backslashes && sql.charAt(i) == '\\') {
                i++;
            } else if (sql.charAt(i) == quote) {
                if (sql.startsWith(String.valueOf(quote), i + 1)) {
                    i++;
                } else {
                    add(kind, at, i + 1);
                    return;
                }
            }
        }
        add(Kind.UNCLOSED, at, sql.length());
    }

    private boolean dollarQuoted() {
        Matcher tag = DOLLAR_TAG.matcher(sql).region(at, sql.length());
        if (!tag.lookingAt()) {
            return false;
        }
        int end = sql.indexOf(tag.group(), tag.end());
        add(
                end < 0 ? Kind.UNCLOSED : Kind.STRING,
                at,
                end < 0 ? sql.length() : end + tag.group().length());
        return true;
    }

    private boolean matched(Pattern pattern, Kind kind) {
        Matcher matcher = pattern.matcher(sql).region(at, sql.length());
        if (matcher.lookingAt()) {
            add(kind, at, matcher.end());
            return true;
        }
        return false;
    }

    private void add(Kind kind, int from, int to) {
        tokens.add(new Token(kind, sql.substring(from, to), from));
        at = to;
    }
}
