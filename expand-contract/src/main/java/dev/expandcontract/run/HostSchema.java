package dev.expandcontract.run;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schema that a host was told to work in. */
public final class HostSchema {
    private HostSchema() {}

    /** Puts settings back. */
    public interface Restored extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * The schema that the host means: the one of exactly this name, or else the one that SQL would find by it.
     *
     * @param written null for the first schema of the search path
     * @throws ConfigurationProblem if there is neither
     */
    public static Identifier named(Connection connection, @Nullable String written) {
        String sql = """
                SELECT nspname FROM pg_namespace
                WHERE nspname IN (coalesce(?, current_schema()), lower(?))
                ORDER BY nspname = lower(?)
                LIMIT 1""";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 1; i <= 3; i++) {
                statement.setString(i, written);
            }
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return new Identifier(row.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new StepFailed("The schemas could not be read: " + e.getMessage(), e);
        }
        throw new ConfigurationProblem(
                (written == null ? "No schema of the search path exists." : "There is no schema " + written + ".")
                        + " Create it, or name another one. Nothing was changed.");
    }

    /** Names without a schema are looked up there first, until closed. */
    public static Restored first(Connection connection, Identifier schema) {
        try {
            SessionSettings settings =
                    SessionSettings.with(connection, Map.of("search_path", searchPath(connection, schema)));
            return () -> restore(settings);
        } catch (SQLException e) {
            throw new StepFailed("The search path could not be set: " + e.getMessage(), e);
        }
    }

    private static String searchPath(Connection connection, Identifier schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT current_setting('search_path')");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1).isBlank() ? schema.sql() : schema.sql() + ", " + row.getString(1);
        }
    }

    private static void restore(SessionSettings settings) {
        try {
            settings.close();
        } catch (SQLException e) {
            throw new StepFailed("The search path could not be put back: " + e.getMessage(), e);
        }
    }
}
