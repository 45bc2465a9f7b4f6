package dev.expandcontract.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Statements in a transaction of their own, with whatever has to be committed together with them. */
record ShortTransaction(Connection connection, List<String> statements, StepRunner.InTransaction inTransaction)
        implements LockPolicy.Attempt {
    @Override
    public void run(Patience patience) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + patience.each().toMillis());
            statement.setEscapeProcessing(false); // {d '…'} is for PostgreSQL to read
            for (String sql : statements) {
                statement.execute(sql);
            }
            inTransaction.run();
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void takeBack() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }
}
