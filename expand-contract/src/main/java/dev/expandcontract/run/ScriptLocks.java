package dev.expandcontract.run;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.error.LockNotAcquired;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Lock;
import dev.expandcontract.plan.StatementLocks;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.ConnectionSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes the locks that an ordinary script is going to need, under the lock policy, in the host's own transaction and
 * before its first statement: there a try can be taken back, later it can't.
 */
public final class ScriptLocks {
    private static final String IDLE_TIMEOUT = "idle_in_transaction_session_timeout";

    private static final Pattern SETS_LOCK_TIMEOUT = Pattern.compile(
            "\\bset\\s+(?:(?:local|session)\\s+)?lock_timeout\\b|\\bset_config\\s*\\(\\s*'lock_timeout'",
            Pattern.CASE_INSENSITIVE);

    private final LockPolicy policy;
    private final Settings settings;
    private final RunListener listener;

    public ScriptLocks(Settings settings, RunListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.policy = new LockPolicy(settings, listener, Ticker.system(), new Random());
    }

    /**
     * Takes the locks and leaves {@code lock_timeout} set for the rest of the transaction. A script that sets it itself
     * is left alone, and so is one that only handles rows: it blocks no more than the application does. Where a lock can't
     * be had for another reason than that somebody holds it, the script shall say for itself what is wrong.
     *
     * @param transaction with autocommit off
     * @param script its name, for messages
     * @throws LockNotAcquired when the budget is spent; the transaction is as before
     */
    public void take(Connection transaction, @Nullable ConnectionSource others, String script, String sql) {
        if (setsLockTimeout(sql) || !StatementLocks.mayBlock(sql)) {
            return;
        }
        try (Observer observer = new Observer(others)) {
            takeInAdvance(transaction, observer, script, sql);
            setToEnd(
                    transaction,
                    "lock_timeout",
                    String.valueOf(settings.lockTimeout().toMillis()));
        } catch (SQLException e) {
            throw new StepFailed("The tables of " + script + " could not be locked: " + e.getMessage(), e);
        }
    }

    /** Whatever fails leaves the transaction as it was. */
    private void takeInAdvance(Connection transaction, Observer observer, String script, String sql)
            throws SQLException {
        Savepoint before = transaction.setSavepoint();
        try {
            List<Lock> locks =
                    LockReach.of(transaction, StatementLocks.inAdvance(sql, Catalog.of(transaction)::lockedTable));
            if (!locks.isEmpty()) {
                lock(transaction, observer, script, locks);
            }
            transaction.releaseSavepoint(before);
        } catch (SQLException | ExpandContractException e) {
            if (transaction.isClosed()) {
                throw e;
            }
            transaction.rollback(before);
            if (!(e instanceof SQLException || e.getCause() instanceof SQLException) || e instanceof LockNotAcquired) {
                throw e;
            }
            listener.warning(script + ": its tables are not locked in advance, because " + e.getMessage());
        }
    }

    /** We are idle in the host's transaction between our tries: that is no reason to end it. */
    private void lock(Connection transaction, Observer observer, String script, List<Lock> locks) throws SQLException {
        String idleTimeout = SessionSettings.current(transaction, IDLE_TIMEOUT);
        setToEnd(transaction, IDLE_TIMEOUT, "0");
        policy.run("Lock tables for " + script, locks, transaction, observer, new Locking(transaction, locks));
        setToEnd(transaction, IDLE_TIMEOUT, idleTimeout);
    }

    private static boolean setsLockTimeout(String sql) {
        return SETS_LOCK_TIMEOUT.matcher(sql).find();
    }

    /** Whether this session has a {@code lock_timeout} that somebody else has set: then they know what they want. */
    public boolean areUsersOwn(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('lock_timeout') <> '0'")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new StepFailed("lock_timeout could not be read: " + e.getMessage(), e);
        }
    }

    /** To the end of the transaction, that is. */
    private static void setToEnd(Connection transaction, String setting, String value) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement("SELECT set_config(?, ?, true)")) {
            statement.setString(1, setting);
            statement.setString(2, value);
            statement.executeQuery().close();
        }
    }

    /** All locks or none, each in what is left of the time for all. */
    private static final class Locking implements LockPolicy.Attempt {
        private final Connection transaction;
        private final List<Lock> locks;
        private @Nullable Savepoint before;

        Locking(Connection transaction, List<Lock> locks) {
            this.transaction = transaction;
            this.locks = locks;
        }

        @Override
        public void run(Patience patience) throws SQLException {
            long start = System.nanoTime();
            before = transaction.setSavepoint();
            try (Statement statement = transaction.createStatement()) {
                for (Lock lock : locks) {
                    Duration left = patience.whole().minusNanos(System.nanoTime() - start);
                    statement.execute("SET LOCAL lock_timeout = %d; LOCK TABLE ONLY %s IN %s MODE"
                            .formatted(
                                    Math.max(1, left.toMillis()),
                                    lock.table().sql(),
                                    lock.mode().sql()));
                }
            }
            transaction.releaseSavepoint(before);
        }

        @Override
        public void takeBack() throws SQLException {
            transaction.rollback(before);
        }
    }
}
