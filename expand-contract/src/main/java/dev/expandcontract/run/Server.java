package dev.expandcontract.run;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.UnsupportedServer;
import dev.expandcontract.sql.OpenTransaction;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** What we demand of the connection that we are lent. */
final class Server {
    private static final int OLDEST = 14;
    private static final int NEWEST_TESTED = 18;

    private Server() {}

    static void check(Connection connection, RunListener listener) {
        try {
            if (OpenTransaction.isOn(connection)) {
                throw new ConfigurationProblem(
                        "Online operations need a connection in autocommit mode, outside any transaction. Nothing was changed.");
            }
            DatabaseMetaData server = connection.getMetaData();
            check(server.getDatabaseProductName(), server.getDatabaseMajorVersion(), listener);
            keepsItsSession(connection);
        } catch (SQLException e) {
            throw new ConfigurationProblem("The server could not be asked for its version: " + e.getMessage(), e);
        }
    }

    private static void keepsItsSession(Connection connection) throws SQLException {
        int pid = Sessions.pid(connection);
        for (int looks = 0; looks < 2; looks++) {
            if (Sessions.pid(connection) != pid) {
                throw new ConfigurationProblem(
                        "This connection changes its server session between statements, as PgBouncer in transaction mode"
                                + " does. Give migrations a direct connection, or one in session mode. Nothing was changed.");
            }
        }
    }

    static void check(String product, int version, RunListener listener) {
        if (!product.equals("PostgreSQL") || version < OLDEST) {
            throw new UnsupportedServer("Online operations need PostgreSQL " + OLDEST + " or newer; this is " + product
                    + " " + version + ". Nothing was changed.");
        }
        if (version > NEWEST_TESTED) {
            listener.warning("PostgreSQL " + version + " is newer than what this version was tested with (" + OLDEST
                    + " to " + NEWEST_TESTED + ")");
        }
    }
}
