package dev.expandcontract.backfill;

import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Has PostgreSQL plan statements, and hears what it has against them. Runs none. */
record Planning(Connection connection) {
    /** What PostgreSQL has against the statement that it is to explain; empty if nothing. */
    Optional<SQLException> rejection(String explain) throws SQLException {
        try {
            Transactions.undone(connection, c -> {
                Transactions.execute(c, explain);
                return true;
            });
            return Optional.empty();
        } catch (SQLException e) {
            if (saysNothingOfTheStatement(e)) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    private static boolean saysNothingOfTheStatement(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("57")
                || SqlState.isAny(e, SqlState.LOCK_NOT_AVAILABLE, SqlState.DEADLOCK_DETECTED);
    }
}
