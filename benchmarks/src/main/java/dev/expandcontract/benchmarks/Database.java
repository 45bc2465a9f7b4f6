package dev.expandcontract.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** One database of the server. */
record Database(int port, String name) {
    private static final String URL = "jdbc:postgresql://localhost:%d/%s?user=postgres";

    /** Every statement gets a plan of its own, as with the literals that the other tools send. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(URL.formatted(port, name) + "&prepareThreshold=0");
    }

    Connection connectAsApplicationsDo() throws SQLException {
        return DriverManager.getConnection(URL.formatted(port, name));
    }

    /** Each by itself. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    String text(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return text(connection, sql).orElseThrow(() -> new SQLException("no row: " + sql));
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    /** The rows changed. */
    static long update(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeLargeUpdate();
        }
    }

    /** The first value of the first row; empty without a row. */
    static Optional<String> text(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private static void bind(PreparedStatement statement, String... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setString(i + 1, parameters[i]);
        }
    }
}
