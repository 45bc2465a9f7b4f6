package dev.expandcontract.flyway;

import java.sql.Connection;
import java.sql.SQLException;

/** Lends Flyway's connection out of the transaction in which Flyway is, and gives it back as it was. */
final class OutsideTransaction {
    interface Work {
        void run() throws SQLException;
    }

    private OutsideTransaction() {}

    static void run(Connection connection, Work work) throws SQLException {
        if (connection.getAutoCommit()) {
            work.run();
            return;
        }
        connection.commit();
        connection.setAutoCommit(true);
        Throwable failure = null;
        try {
            work.run();
        } catch (SQLException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            giveBack(connection, failure);
        }
    }

    private static void giveBack(Connection connection, @org.jspecify.annotations.Nullable Throwable failure)
            throws SQLException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            if (failure == null) {
                throw e;
            }
            failure.addSuppressed(e);
        }
    }
}
