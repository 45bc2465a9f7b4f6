package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** An order in which the rows of a table can be gone through. Its positions are texts, so that they can be kept. */
interface Axis {
    /** As the state table has it. */
    AxisKind kind();

    /** The rows from one position to another; empty positions stand for the beginning and the end of the table. */
    Range range(List<String> after, List<String> upTo);

    /** Where the first ranges of so many rows each end, at most so many; those that the rest has rows for. */
    List<List<String>> ends(Connection connection, Part part, Range rest, long rows, int most) throws SQLException;

    /** The end of the table as it is now; empty where it has no row after the position. */
    List<String> bound(Connection connection, Part part, List<String> after) throws SQLException;

    /** SQL for what tells a row from others: a list of texts. */
    List<String> position(Identifier table);

    /** SQL for a row at none of the positions in a column, of arrays; their text may be from a session of other settings. */
    String elsewhere(Identifier table, String positions, String from);

    /** {@code ORDER BY} of the rows. */
    String order(Identifier table);

    /** Of so many rows, how many stand before the one whose position divides them. */
    long beforeMiddle(long rows);

    /** A position in the middle of a range; empty where the range has one row, or none. */
    default List<String> middle(Connection connection, Part part, Range range) throws SQLException {
        long total = count(connection, part, range);
        return total < 2
                ? List.of()
                : row(connection, part, range, order(part.alias()) + " OFFSET " + beforeMiddle(total));
    }

    /** The position of the first row of a range, in an order of its own; empty if there is none. */
    default List<String> row(Connection connection, Part part, Range range, String order) throws SQLException {
        List<String> columns = position(part.alias());
        String sql = "SELECT " + String.join(", ", columns) + " FROM " + part.sql() + " WHERE "
                + range.predicate(part.alias()) + " ORDER BY " + order + " LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            range.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? TableFacts.values(row, columns.size()) : List.of();
            }
        }
    }

    private static long count(Connection connection, Part part, Range range) throws SQLException {
        String sql = "SELECT count(*) FROM " + part.sql() + " WHERE " + range.predicate(part.alias());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            range.bind(statement, 1);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
