package dev.expandcontract.backfill.throttle;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Whether a role sees more in the server's statistics views than its own sessions. */
final class StatisticsRight {
    private static final String ASKED = """
            SELECT current_user, pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
            """;

    private StatisticsRight() {}

    /** What it doesn't see, and the GRANT that mends it; empty if it sees all. */
    static Optional<String> missing(Connection connection, String view) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ASKED)) {
            row.next();
            return row.getBoolean(2) ? Optional.empty() : Optional.of(inWords(row.getString(1), view));
        }
    }

    private static String inWords(String role, String view) {
        String name = new Identifier(role).sql();
        return "role %s sees no details of other sessions in %s; this mends it: GRANT pg_read_all_stats TO %s"
                .formatted(name, view, name);
    }
}
