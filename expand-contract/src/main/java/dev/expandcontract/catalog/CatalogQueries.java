package dev.expandcontract.catalog;

import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Runs the catalogue's queries; an SQL error there is always a surprise. */
final class CatalogQueries {
    /** Reads one row. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Work in a transaction of its own. */
    interface Work<T> {
        T run() throws SQLException;
    }

    private final Connection connection;

    CatalogQueries(Connection connection) {
        this.connection = connection;
    }

    int serverVersion() {
        try {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw failed("the server's version", e);
        }
    }

    <T> List<T> list(String sql, RowReader<T> reader, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        } catch (SQLException e) {
            throw failed("the catalogue", e);
        }
    }

    <T> Optional<T> one(String sql, RowReader<T> reader, Object... parameters) {
        return list(sql, reader, parameters).stream().findFirst();
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What PostgreSQL answers, line by line. */
    List<String> lines(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        }
    }

    /** Runs the work and rolls it back: a transaction of its own, or a part of the one that we are lent. */
    <T> T rolledBack(Work<T> work) throws SQLException {
        boolean isOurTransaction = connection.getAutoCommit();
        if (isOurTransaction) {
            connection.setAutoCommit(false);
        }
        Savepoint before = connection.setSavepoint();
        try {
            T result = work.run();
            takeBack(before, isOurTransaction);
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                takeBack(before, isOurTransaction);
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void takeBack(Savepoint before, boolean isOurTransaction) throws SQLException {
        connection.rollback(before);
        if (isOurTransaction) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    static List<String> strings(ResultSet row, String column) throws SQLException {
        java.sql.Array array = row.getArray(column);
        return array == null ? List.of() : Arrays.asList((String[]) array.getArray());
    }

    static List<Identifier> identifiers(ResultSet row, String column) throws SQLException {
        return strings(row, column).stream().map(Identifier::new).toList();
    }

    private static StepFailed failed(String what, SQLException e) {
        return new StepFailed("Could not read " + what + " (nothing was changed): " + e.getMessage(), e);
    }
}
