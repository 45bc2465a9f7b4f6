package dev.expandcontract.backfill;

import dev.expandcontract.sql.OpenTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Transactions on a connection that was lent; it goes back as it came. */
final class Transactions {
    private static final String UNDO = "ROLLBACK TO SAVEPOINT expand_contract; RELEASE SAVEPOINT expand_contract";

    /** From 17 on; what may run how long is said of statements. */
    private static final String NO_TRANSACTION_TIMEOUT =
            ", CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 170000"
                    + " THEN pg_catalog.set_config('transaction_timeout', '0', true) END";

    private Transactions() {}

    @FunctionalInterface
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    /** All or nothing. */
    static <T> T write(Connection connection, LocalSettings settings, Work<T> work) throws SQLException {
        return around(connection, () -> {
            execute(
                    connection,
                    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; " + settings.sql()
                            + NO_TRANSACTION_TIMEOUT);
            T result = work.in(connection);
            connection.commit();
            return result;
        });
    }

    /** Reads, and leaves nothing behind; also inside a transaction of the lender. */
    static <T> T read(Connection connection, LocalSettings settings, Work<T> work) throws SQLException {
        if (OpenTransaction.isOn(connection)) {
            return undone(connection, c -> {
                execute(c, settings.sql());
                return work.in(c);
            });
        }
        return around(connection, () -> {
            execute(connection, "SET TRANSACTION READ ONLY; " + settings.sql());
            T result = work.in(connection);
            connection.rollback();
            return result;
        });
    }

    /** All or nothing; inside a transaction of the lender a part of it, with the settings that it has. */
    static <T> T joining(Connection connection, LocalSettings settings, Work<T> work) throws SQLException {
        if (!OpenTransaction.isOn(connection)) {
            return write(connection, settings, work);
        }
        return inSavepoint(connection, work, "RELEASE SAVEPOINT expand_contract");
    }

    /** Inside a transaction: work that may fail and is undone in any case. */
    static <T> T undone(Connection connection, Work<T> work) throws SQLException {
        return inSavepoint(connection, work, UNDO);
    }

    /**
     * Savepoints are SQL text because the driver makes none in a transaction that it did not begin itself.
     *
     * @param end what becomes of the work if it does not fail
     */
    private static <T> T inSavepoint(Connection connection, Work<T> work, String end) throws SQLException {
        execute(connection, "SAVEPOINT expand_contract");
        T result;
        try {
            result = work.in(connection);
        } catch (SQLException | RuntimeException | Error e) {
            quietly(e, () -> execute(connection, UNDO));
            throw e;
        }
        execute(connection, end);
        return result;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Body<T> {
        T run() throws SQLException;
    }

    @FunctionalInterface
    private interface CleanUp {
        void run() throws SQLException;
    }

    private static <T> T around(Connection connection, Body<T> body) throws SQLException {
        connection.setAutoCommit(false);
        T result;
        try {
            result = body.run();
        } catch (SQLException | RuntimeException | Error e) {
            quietly(e, connection::rollback);
            quietly(e, () -> connection.setAutoCommit(true));
            throw e;
        }
        connection.setAutoCommit(true);
        return result;
    }

    /** The first failure is the one that is told. */
    private static void quietly(Throwable failure, CleanUp cleanUp) {
        try {
            cleanUp.run();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
