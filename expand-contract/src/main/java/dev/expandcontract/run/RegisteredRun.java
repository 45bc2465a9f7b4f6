package dev.expandcontract.run;

import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.operation.Backfill;
import dev.expandcontract.operation.CopyRows;
import dev.expandcontract.operation.DeleteRows;
import dev.expandcontract.operation.OperationType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A backfill that a statement has registered for others to run, as the note of the statement says.
 *
 * @param run of the statement, as {@link OperationLog#run} tells it from others
 * @param step the last one of the note, which names the backfill
 */
record RegisteredRun(String run, String step) {
    private static final String REGISTER = "Register backfill ";

    private static final List<String> ON_ROWS = Stream.of(Backfill.class, DeleteRows.class, CopyRows.class)
            .map(operation -> OperationType.of(operation).name())
            .toList();

    /** A run begins with the first try at its place in the script, which may have been of another statement. */
    private static final String DONE = """
            SELECT DISTINCT o.host || ':' || o.migration || CASE o.position WHEN 0 THEN '' ELSE '#' || o.position END
              || ' (run ' || o.id || ')', d.step
            FROM %1$s o JOIN %1$s d
              ON (d.host, d.history, d.migration, d.position) = (o.host, o.history, o.migration, o.position)
              AND d.id >= o.id
            WHERE o.host = ? AND o.history = ? AND d.state = 'done' AND d.operation = ANY (?)
              AND starts_with(d.step, ?)
            """;

    /** What the note says of a backfill that was registered. */
    static String step(String backfill) {
        return REGISTER + backfill;
    }

    /** As it was registered, if it was. */
    static RegisteredRun of(BackfillStatus status) {
        return new RegisteredRun(status.origin(), step(status.name()));
    }

    /** Of all statements of this host that were done: one that nobody has mended may be of a migration that is no more. */
    static Set<RegisteredRun> all(Connection connection, OperationTable table, Host host) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DONE.formatted(table))) {
            statement.setString(1, host.name());
            statement.setString(2, host.history());
            statement.setObject(3, ON_ROWS.toArray(String[]::new));
            statement.setString(4, REGISTER);
            try (ResultSet row = statement.executeQuery()) {
                Set<RegisteredRun> runs = new HashSet<>();
                while (row.next()) {
                    runs.add(new RegisteredRun(row.getString(1), row.getString(2)));
                }
                return runs;
            }
        }
    }
}
