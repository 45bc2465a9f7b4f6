package dev.expandcontract.flyway;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often Flyway's history holds each script, and so which run of it is the next one. The runs of a repeatable script
 * bear different names in our notes: whatever we failed to note about one says nothing about another.
 */
final class History {
    private static final Pattern LATER_RUN = Pattern.compile("(.*) \\(run (\\d+)\\)", Pattern.DOTALL);

    private final Map<String, Integer> runs = new HashMap<>();

    private History() {}

    static History of(Connection connection, QualifiedName table) throws SQLException {
        History history = new History();
        if (exists(connection, table)) {
            String sql = "SELECT script, count(*) FROM " + table.sql() + " WHERE success GROUP BY script";
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    history.runs.put(rows.getString(1), rows.getInt(2));
                }
            }
        }
        return history;
    }

    /** It holds one more. */
    void add(String script) {
        runs.merge(script, 1, Integer::sum);
    }

    /** The name of the script's next run. */
    String nextRun(String script) {
        int before = runs.getOrDefault(script, 0);
        return before == 0 ? script : script + " (run " + (before + 1) + ")";
    }

    /** Those of these runs that it holds. */
    List<String> held(Collection<String> names) {
        return names.stream().filter(this::holds).toList();
    }

    private boolean holds(String run) {
        Matcher later = LATER_RUN.matcher(run);
        return later.matches()
                ? runs.getOrDefault(later.group(1), 0) >= Integer.parseInt(later.group(2))
                : runs.containsKey(run);
    }

    private static boolean exists(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            statement.setString(1, table.sql());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
