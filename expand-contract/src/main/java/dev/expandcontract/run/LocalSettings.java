package dev.expandcontract.run;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings that somebody has made for one transaction ({@code SET LOCAL}), kept when we have to end that transaction
 * early.
 */
public final class LocalSettings implements AutoCloseable {
    /** The role comes last: it may be allowed less. */
    private static final String ALL = """
            SELECT name, setting FROM pg_catalog.pg_settings
            WHERE context IN ('user', 'superuser') AND name NOT LIKE 'transaction%'
            UNION ALL SELECT 'role', current_setting('role')""";

    private final Connection connection;
    private final Map<String, String> inTransaction;
    private Map<String, String> afterwards = Map.of();

    private LocalSettings(Connection connection) throws SQLException {
        this.connection = connection;
        this.inTransaction = all(connection);
    }

    /** As they are now, in the transaction. */
    public static LocalSettings of(Connection transaction) throws SQLException {
        return new LocalSettings(transaction);
    }

    /** The transaction has ended: what ended with it is set for the session, until closed. */
    public void keep() throws SQLException {
        afterwards = all(connection);
        for (Map.Entry<String, String> setting : inTransaction.entrySet()) {
            if (!setting.getValue().equals(afterwards.get(setting.getKey()))) {
                set(setting.getKey(), setting.getValue());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        String role = afterwards.get("role");
        if (role != null && !role.equals(inTransaction.get("role"))) {
            set("role", role);
        }
        for (Map.Entry<String, String> setting : afterwards.entrySet()) {
            if (!setting.getValue().equals(inTransaction.get(setting.getKey()))) {
                set(setting.getKey(), setting.getValue());
            }
        }
    }

    private static Map<String, String> all(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ALL)) {
            while (rows.next()) {
                settings.put(rows.getString(1), String.valueOf(rows.getString(2)));
            }
        }
        return settings;
    }

    private void set(String name, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            statement.setString(1, name);
            statement.setString(2, value);
            statement.executeQuery().close();
        }
    }
}
