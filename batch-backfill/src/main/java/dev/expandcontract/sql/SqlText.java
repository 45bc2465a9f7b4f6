package dev.expandcontract.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at SQL text as far as a lexer can: where comments, quotes and parentheses begin and end. */
public final class SqlText {
    /** A doubled quote makes two tokens of a literal, since Java's patterns recurse for each part of a repeated group. */
    private static final Pattern TOKEN = Pattern.compile("""
            --[^\\n]*|/\\*.*?\\*/|\
            [eE]'(?:[^'\\\\]++|\\\\.)*+'|'[^']*+'|\
            "[^"]*+"|\
            (\\$(?:[A-Za-z_]\\w*)?\\$).*?\\1|\
            [A-Za-z_][\\w$]*|.""", Pattern.DOTALL);

    private SqlText() {}

    /**
     * The statements of a script, without comments, with string literals emptied, white space folded: enough to see what
     * kind of statement each is and which names it holds.
     */
    public static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        Matcher token = TOKEN.matcher(sql);
        while (token.find()) {
            String text = token.group();
            if (text.equals(";")) {
                add(statements, statement);
            } else {
                statement.append(isComment(text) ? " " : isString(text) ? "''" : text);
            }
        }
        add(statements, statement);
        return statements;
    }

    /** Splits at the commas that stand outside quotes, parentheses and brackets. */
    public static List<String> splitAtCommas(String list) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int depth = 0;
        Matcher token = TOKEN.matcher(list);
        while (token.find()) {
            String text = token.group();
            depth += text.equals("(") || text.equals("[") ? 1 : text.equals(")") || text.equals("]") ? -1 : 0;
            if (text.equals(",") && depth == 0) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(text);
            }
        }
        parts.add(part.toString().strip());
        return parts;
    }

    private static void add(List<String> statements, StringBuilder statement) {
        String text = statement.toString().strip().replaceAll("\\s+", " ");
        if (!text.isEmpty()) {
            statements.add(text);
        }
        statement.setLength(0);
    }

    private static boolean isComment(String text) {
        return text.startsWith("--") || text.startsWith("/*");
    }

    private static boolean isString(String text) {
        return text.length() > 1 && (text.endsWith("'") || text.startsWith("$"));
    }
}
