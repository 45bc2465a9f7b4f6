package dev.expandcontract.run;

import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.SqlState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Executes one step on a lent connection. */
final class StepRunner {
    /** What has to be committed together with a step. */
    interface InTransaction {
        void run() throws SQLException;
    }

    /** A long step waits as long as it must, because nobody waits for it. */
    private static final Map<String, String> LONG = Map.of("lock_timeout", "0", "statement_timeout", "0");

    /** The server then notices within a second that its client was killed; not every platform can. */
    private static final String LOOK_FOR_CLIENT = "client_connection_check_interval";

    private final Target target;
    private final BackfillStep backfills;
    private final RunListener listener;
    private final LockPolicy lockPolicy;
    private final Observer observer;
    private final Ticker ticker;
    private final Set<Step> done = new HashSet<>();

    StepRunner(
            Target target,
            BackfillStep backfills,
            RunListener listener,
            LockPolicy lockPolicy,
            Observer observer,
            Ticker ticker) {
        this.target = target;
        this.backfills = backfills;
        this.listener = listener;
        this.lockPolicy = lockPolicy;
        this.observer = observer;
        this.ticker = ticker;
    }

    boolean isDone(Step step) throws SQLException {
        return step.doneWhen() instanceof DoneWhen.Catalogue catalogue && isTrue(catalogue.sql());
    }

    void run(Step step, InTransaction inTransaction) throws SQLException, InterruptedException {
        if (step.action() instanceof Action.ShortTransaction action) {
            lockPolicy.run(
                    step.description(),
                    step.locks(),
                    target.connection(),
                    observer,
                    new ShortTransaction(target.connection(), action.statements(), inTransaction));
        } else if (step.action() instanceof Action.LongStatement action) {
            runInTurn(step, action);
        } else if (step.action() instanceof Action.Series series) {
            for (Step part : series.steps()) {
                if (!isDone(part)) {
                    run(part, () -> {});
                }
            }
        } else if (step.action() instanceof Action.Await action) {
            await(step, action);
        } else if (step.action() instanceof Action.Batches batches) {
            backfills.run(batches);
        } else if (step.action() instanceof Action.AwaitBackfill action) {
            backfills.await(action, ticker);
        }
        done.add(step);
    }

    /** Two concurrent builds on one table wait for each other's snapshots until one is cancelled. */
    private void runInTurn(Step step, Action.LongStatement action) throws SQLException, InterruptedException {
        try (Turn turn = Turn.take(target.connection(), step, listener, ticker)) {
            if (!isDone(step)) {
                runLong(step, action);
            }
        }
    }

    private void runLong(Step step, Action.LongStatement action) throws SQLException, InterruptedException {
        Connection connection = target.connection();
        try (SessionSettings restored = SessionSettings.with(connection, LONG)
                        .andIfPossible(LOOK_FOR_CLIENT, "1s")
                        .andIfPossible("transaction_timeout", "0");
                LongProgress progress = LongProgress.watch(step, connection, observer, listener)) {
            execute(action.sql());
        } catch (SQLException e) {
            Step cleanUp = action.cleanUp();
            Step madeBy = action.madeBy();
            boolean isOurs = madeBy == null || done.contains(madeBy);
            if (cleanUp != null && isOurs && !SqlState.DUPLICATE_TABLE.matches(e) && connection.isValid(5)) {
                cleanUp(cleanUp, e);
            }
            throw e;
        }
    }

    /** What goes wrong here is told beside the error that made it necessary, never instead of it. */
    private void cleanUp(Step step, SQLException error) {
        try {
            if (!isDone(step)) {
                listener.warning(step.description());
                if (step.action() instanceof Action.LongStatement action) {
                    runLong(step, action);
                } else {
                    run(step, () -> {});
                }
            }
        } catch (SQLException | ExpandContractException e) {
            error.addSuppressed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            error.addSuppressed(e);
        }
    }

    private void await(Step step, Action.Await action) throws SQLException, InterruptedException {
        for (int looks = 0; !isDone(step); looks++) {
            if (looks % 20 == 0) {
                listener.progress(step.description() + ": " + pids(action.sql()));
            }
            ticker.sleep(Duration.ofMillis(500));
        }
    }

    private String pids(String sql) throws SQLException {
        try (Statement statement = target.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            StringBuilder pids = new StringBuilder("pid");
            while (rows.next()) {
                pids.append(' ').append(rows.getInt(1));
            }
            return pids.toString();
        }
    }

    private boolean isTrue(String expression) throws SQLException {
        try (Statement statement = target.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT " + expression)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = target.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
