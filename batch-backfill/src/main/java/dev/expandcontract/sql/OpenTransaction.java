package dev.expandcontract.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Tells whether a connection is inside a transaction. The driver knows only of those that it began itself; one that was
 * begun by a BEGIN as SQL text is known to the server alone.
 */
public final class OpenTransaction {
    private static final String IN_FAILED_TRANSACTION = "25P02";

    private OpenTransaction() {}

    /** Whether a commit or rollback of ours would end work of whoever lent us the connection. */
    public static boolean isOn(Connection connection) throws SQLException {
        return !connection.getAutoCommit() || isBegunBySql(connection);
    }

    /** Outside a transaction each statement is one of its own, and has a start of its own. */
    private static boolean isBegunBySql(Connection connection) throws SQLException {
        try {
            return transactionStart(connection).equals(transactionStart(connection));
        } catch (SQLException e) {
            if (IN_FAILED_TRANSACTION.equals(e.getSQLState())) {
                return true;
            }
            throw e;
        }
    }

    private static String transactionStart(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CAST(transaction_timestamp() AS text)")) {
            row.next();
            return row.getString(1);
        }
    }
}
