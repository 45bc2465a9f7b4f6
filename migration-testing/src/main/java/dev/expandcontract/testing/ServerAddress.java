package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Where a server listens and who its administrator is.
 *
 * @param prefix the JDBC URL up to and without the database's name: {@code jdbc:postgresql://localhost:5432/}
 * @param parameters what follows the name, {@code ?} included; may be empty
 * @param maintenance the database to be connected to while others are created and dropped
 */
record ServerAddress(String prefix, String parameters, String maintenance, String user, String password) {
    String url(String database) {
        return prefix + database + parameters;
    }

    Connection administrator() throws SQLException {
        return DriverManager.getConnection(url(maintenance), user, password);
    }
}
