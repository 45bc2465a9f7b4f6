package dev.expandcontract.sql;

import java.util.ArrayList;
import java.util.List;

/** Looks at SQL text as far as a lexer can: where comments, quotes and parentheses begin and end. */
public final class SqlText {
    private SqlText() {}

    /**
     * The statements of a script, without comments, with string literals emptied, white space folded: enough to see what
     * kind of statement each is and which names it holds.
     */
    public static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (SqlLexer.Token token : SqlLexer.tokens(sql)) {
            if (token.is(";")) {
                add(statements, statement);
            } else {
                statement.append(
                        switch (token.kind()) {
                            case COMMENT -> " ";
                            case STRING -> "''";
                            default -> token.text();
                        });
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
        for (SqlLexer.Token token : SqlLexer.tokens(list)) {
            depth += token.is("(") || token.is("[") ? 1 : token.is(")") || token.is("]") ? -1 : 0;
            if (token.is(",") && depth == 0) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(token.text());
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
}
