package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements on a connection, their failures as {@link StatementFailed}. */
final class Sql {
    private Sql() {}

    static void execute(Connection connection, String... statements) {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new StatementFailed(sql, e);
            }
        }
    }

    static List<List<@Nullable Object>> rows(Connection connection, String sql, @Nullable Object... params) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < params.length; i++) {
                statement.setObject(i + 1, params[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<List<@Nullable Object>> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(row(rows));
                }
                return Collections.unmodifiableList(result);
            }
        } catch (SQLException e) {
            throw new StatementFailed(sql, e);
        }
    }

    private static List<@Nullable Object> row(ResultSet rows) throws SQLException {
        List<@Nullable Object> row = new ArrayList<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            row.add(rows.getObject(column));
        }
        return Collections.unmodifiableList(row);
    }
}
