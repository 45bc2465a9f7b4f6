package dev.expandcontract.run;

import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings changed on a lent connection, and put back. */
final class SessionSettings implements AutoCloseable {
    private final Connection connection;
    private final Map<String, String> before = new LinkedHashMap<>();

    private SessionSettings(Connection connection) {
        this.connection = connection;
    }

    /** Sets them for the session until {@link #close}. */
    static SessionSettings with(Connection connection, Map<String, String> wanted) throws SQLException {
        SessionSettings settings = new SessionSettings(connection);
        try {
            for (Map.Entry<String, String> setting : wanted.entrySet()) {
                settings.change(setting.getKey(), setting.getValue());
            }
            return settings;
        } catch (SQLException e) {
            throw settings.putBack(e);
        }
    }

    /** Sets one more, if this server lets us. If something else goes wrong, all are put back. */
    SessionSettings andIfPossible(String name, String value) throws SQLException {
        try {
            change(name, value);
        } catch (SQLException e) {
            if (!SqlState.isAny(e, SqlState.INVALID_PARAMETER_VALUE, SqlState.UNDEFINED_OBJECT)) {
                throw putBack(e);
            }
        }
        return this;
    }

    @Override
    public void close() throws SQLException {
        SQLException failure = null;
        for (Map.Entry<String, String> setting : before.entrySet()) {
            try {
                set(setting.getKey(), setting.getValue());
            } catch (SQLException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    static String current(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT current_setting(?)")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private void change(String name, String value) throws SQLException {
        String now = current(connection, name);
        set(name, value);
        before.put(name, now);
    }

    private SQLException putBack(SQLException error) {
        try {
            close();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
        return error;
    }

    private void set(String name, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            statement.setString(1, name);
            statement.setString(2, value);
            statement.executeQuery().close();
        }
    }
}
