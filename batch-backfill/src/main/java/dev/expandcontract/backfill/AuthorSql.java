package dev.expandcontract.backfill;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlLexer;
import org.jspecify.annotations.Nullable;

/**
 * SQL text of an author that becomes a part of a larger statement. Sees what would let it break out of its place (a
 * semicolon, a bracket too many, a quote that never ends), since PostgreSQL would run such text without a complaint.
 */
final class AuthorSql {
    private final StringBuilder escaped = new StringBuilder();
    private int depth;
    private @Nullable String mistake;

    AuthorSql(SqlExpression expression) {
        for (SqlLexer.Token token : SqlLexer.tokens(expression.text())) {
            escaped.append(token.is("?") ? "??" : token.text());
            if (mistake == null) {
                mistake = mistakeIn(token);
            }
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

    private @Nullable String mistakeIn(SqlLexer.Token token) {
        depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
        if (token.kind() == SqlLexer.Kind.UNTERMINATED) {
            return "a quote or comment is not closed";
        }
        if (token.is(";")) {
            return "a semicolon is not allowed (at character " + (token.start() + 1) + ")";
        }
        return depth < 0 ? "a bracket is closed that was not opened (at character " + (token.start() + 1) + ")" : null;
    }
}
