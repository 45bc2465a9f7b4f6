package dev.expandcontract.testing;

import java.sql.SQLException;

/** A statement of a test failed. The cause is the {@link SQLException}. */
public final class StatementFailed extends RuntimeException {
    private static final int SHOWN = 1_000;

    private final String sqlState;

    StatementFailed(String statement, SQLException cause) {
        super(cause.getMessage() + "\nStatement: " + shortened(statement.strip()), cause);
        this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    private static String shortened(String statement) {
        return statement.length() <= SHOWN ? statement : statement.substring(0, SHOWN) + "…";
    }

    /** Five characters; empty where the server sent none. */
    public String sqlState() {
        return sqlState;
    }
}
