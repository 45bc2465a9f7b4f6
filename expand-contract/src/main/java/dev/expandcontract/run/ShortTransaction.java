package dev.expandcontract.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Statements in a transaction of their own, with whatever has to be committed together with them. */
record ShortTransaction(Connection connection, String sql, StepRunner.InTransaction inTransaction)
        implements LockPolicy.Attempt {
    @Override
    public void run(Duration lockTimeout) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
            statement.execute(sql);
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
