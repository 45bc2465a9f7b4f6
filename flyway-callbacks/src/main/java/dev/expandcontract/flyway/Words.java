package dev.expandcontract.flyway;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of one statement from left to right. */
final class Words {
    private final String sql;
    private final List<Token> tokens;
    private int next;

    Words(String sql) {
        this.sql = sql;
        this.tokens = Lexer.tokens(sql);
    }

    boolean isAtEnd() {
        return next >= tokens.size();
    }

    /** Where the statement itself begins, after the comments in front of it. */
    int start() {
        return tokens.isEmpty() ? 0 : tokens.get(0).offset();
    }

    int offset() {
        return isAtEnd() ? sql.length() : tokens.get(next).offset();
    }

    @Nullable
    Token peek() {
        return isAtEnd() ? null : tokens.get(next);
    }

    /** Steps over these words or signs if they come next, all of them. */
    boolean skip(String... words) {
        if (next + words.length > tokens.size()) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!tokens.get(next + i).is(words[i])) {
                return false;
            }
        }
        next += words.length;
        return true;
    }

    boolean isNext(String... words) {
        int before = next;
        boolean found = skip(words);
        next = before;
        return found;
    }

    /** Whether the statement calls a procedure of this schema. */
    boolean isCallOf(String schema) {
        return tokens.size() > 2
                && tokens.get(0).is("CALL")
                && tokens.get(1).isName()
                && tokens.get(1).name().equals(schema)
                && tokens.get(2).is(".");
    }

    /** Whether these words stand anywhere in what is left, one after the other. */
    boolean contains(String... words) {
        int before = next;
        boolean found = false;
        for (; next < tokens.size() && !found; next++) {
            found = isNext(words);
        }
        next = before;
        return found;
    }

    boolean endsWith(String... words) {
        int before = next;
        next = Math.max(0, tokens.size() - words.length);
        boolean found = isNext(words);
        next = before;
        return found;
    }

    /** Whether it has a string literal like this. */
    boolean hasString(Predicate<String> like) {
        return tokens.stream().anyMatch(token -> token.kind() == Token.Kind.STRING && like.test(token.text()));
    }

    Token take() {
        return tokens.get(next++);
    }

    @Nullable
    Token takeName() {
        Token token = peek();
        return token != null && token.isName() ? take() : null;
    }

    /** A name with or without a schema, as it is written. */
    @Nullable
    String takeQualifiedName() {
        Token first = takeName();
        if (first == null) {
            return null;
        }
        if (!skip(".")) {
            return first.text();
        }
        Token second = takeName();
        return second == null ? null : first.text() + "." + second.text();
    }

    /** The text between the parentheses that come next, without comments. */
    @Nullable
    String takeParenthesised() {
        if (!skip("(")) {
            return null;
        }
        int from = next;
        int depth = 1;
        while (!isAtEnd()) {
            Token token = take();
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth == 0) {
                return text(from, next - 1);
            }
        }
        return null;
    }

    /** All that is left, without comments. */
    String takeRest() {
        String rest = rest();
        next = tokens.size();
        return rest;
    }

    /** The same, and it is still to come. */
    String rest() {
        return text(next, tokens.size());
    }

    /** These tokens as they are written; between two of them there are only blanks and comments. */
    private String text(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            Token token = tokens.get(i);
            if (i > from) {
                String gap = sql.substring(tokens.get(i - 1).end(), token.offset());
                text.append(gap.isBlank() ? gap : " ");
            }
            text.append(token.text());
        }
        return text.toString();
    }
}
