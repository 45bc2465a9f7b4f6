package dev.expandcontract.flyway;

import dev.expandcontract.run.LocalSettings;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Lends Flyway's connection out of the transaction in which Flyway is, and gives it back as it was. What a callback has
 * set for that transaction ({@code SET LOCAL ROLE}) holds outside it as well.
 */
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
        LocalSettings local = LocalSettings.of(connection);
        connection.commit();
        connection.setAutoCommit(true);
        Throwable failure = null;
        try (local) {
            local.keep();
            work.run();
        } catch (SQLException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            giveBack(connection, failure);
        }
    }

    private static void giveBack(Connection connection, @Nullable Throwable failure) throws SQLException {
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
