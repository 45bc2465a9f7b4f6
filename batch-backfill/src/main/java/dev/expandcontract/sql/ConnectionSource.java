package dev.expandcontract.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** Where further connections to the same database come from. The caller closes what it gets. */
@FunctionalInterface
public interface ConnectionSource {
    Connection connect() throws SQLException;
}
