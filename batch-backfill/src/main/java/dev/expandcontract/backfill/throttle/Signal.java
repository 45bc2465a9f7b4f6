package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.ServerMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Reads inside a transaction that goes on whatever becomes of them: within five seconds, undone afterwards. */
final class Signal {
    private static final String BEGIN =
            "SAVEPOINT throttle; SET LOCAL statement_timeout = 5000; SET LOCAL lock_timeout = 1000";

    private static final String UNDO = "ROLLBACK TO SAVEPOINT throttle; RELEASE SAVEPOINT throttle";

    private Signal() {}

    @FunctionalInterface
    interface Question {
        Optional<String> ask(Connection connection) throws SQLException;
    }

    /**
     * The answer, or that there is none and why.
     *
     * @throws SQLException if the connection itself is of no use any more
     */
    static Optional<String> read(Connection connection, Throttle throttle, Question question) throws SQLException {
        execute(connection, BEGIN);
        Optional<String> answer;
        try {
            answer = question.ask(connection);
        } catch (SQLException | RuntimeException e) {
            undo(connection, e);
            return Optional.of("throttle " + throttle + " can't be read: " + inWords(e));
        }
        execute(connection, UNDO);
        return answer;
    }

    private static void undo(Connection connection, Exception failure) throws SQLException {
        try {
            execute(connection, UNDO);
        } catch (SQLException e) {
            if (failure instanceof SQLException first) {
                first.addSuppressed(e);
                throw first;
            }
            e.addSuppressed(failure);
            throw e;
        }
    }

    private static String inWords(Exception e) {
        return e instanceof SQLException sql ? ServerMessage.of(sql).toString() : e.toString();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
