package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.SqlLexer;
import dev.expandcontract.sql.SqlLexer.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for whatever the author's own query looks at. It gives one row of one column: true, NULL or an empty text lets the
 * backfill work; false lets it wait, and any other text too, which is then the reason. It runs in a read-only transaction
 * and is canceled after five seconds.
 *
 * @param sql one statement without a semicolon
 */
public record SqlThrottle(String sql) implements Throttle {
    static final String NAME = "sql";

    public SqlThrottle {
        sql = sql.strip();
        List<SqlLexer.Token> tokens = SqlLexer.tokens(sql);
        Requirements.of(NAME)
                .that(!tokens.isEmpty(), "it must not be blank")
                .that(tokens.stream().noneMatch(token -> token.is(";")), "it must be one statement without a semicolon")
                .that(
                        tokens.stream().noneMatch(token -> token.kind() == Kind.UNTERMINATED),
                        "a quote or comment in it is not closed")
                .that(
                        tokens.isEmpty()
                                || !tokens.get(tokens.size() - 1).text().startsWith("--"),
                        "it must not end in a comment, which would swallow what follows")
                .check();
    }

    @Override
    public Watch watch(Target target, LongSupplier nanos) {
        return this::reasonToWait;
    }

    /** Runs the query once. */
    @Override
    public Optional<String> hindrance(Connection connection, Target target) throws SQLException {
        reasonToWait(connection);
        return Optional.empty();
    }

    private Optional<String> reasonToWait(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(2);
            try (ResultSet row = statement.executeQuery(sql)) {
                if (row.getMetaData().getColumnCount() != 1 || !row.next()) {
                    throw new SQLException("it must give one row of one column");
                }
                Object value = row.getObject(1);
                if (row.next()) {
                    throw new SQLException("it must give one row, not several");
                }
                return reason(value);
            }
        }
    }

    private Optional<String> reason(@Nullable Object value) throws SQLException {
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Boolean go) {
            return go ? Optional.empty() : Optional.of("this says false: " + sql);
        }
        if (value instanceof String text) {
            return text.isBlank() ? Optional.empty() : Optional.of(text);
        }
        throw new SQLException("it must give a boolean or a text, not " + value);
    }

    @Override
    public String toString() {
        return NAME + "=" + sql;
    }
}
