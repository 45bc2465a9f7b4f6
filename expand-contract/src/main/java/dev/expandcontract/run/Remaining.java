package dev.expandcontract.run;

import dev.expandcontract.error.StepFailed;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which steps of a plan have to be in its SQL. Waiting never is: there is no SQL for it. */
public final class Remaining {
    private final @Nullable Connection connection;
    private final boolean leavesOutDone;

    private Remaining(@Nullable Connection connection, boolean leavesOutDone) {
        this.connection = connection;
        this.leavesOutDone = leavesOutDone;
    }

    /** For no database that could be asked: nothing is done, and nothing is broken. */
    public static Remaining everything() {
        return new Remaining(null, false);
    }

    /** For SQL that runs after other SQL, which may take back what is done now: everything, and what repairs it needs. */
    public static Remaining everythingOn(Connection connection) {
        return new Remaining(connection, false);
    }

    /** For SQL that runs on the database as it is: what is not done, and what repairs it needs. */
    public static Remaining undoneOn(Connection connection) {
        return new Remaining(connection, true);
    }

    /**
     * From the first step that isn't done on, the later ones are not looked at: the steps before them change what there
     * is to see.
     */
    List<Step> steps(Plan plan) {
        List<Step> remaining = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (step.action() instanceof Action.Await) {
                continue;
            }
            boolean needed = isRepair(step, plan)
                    ? connection != null && !isDone(step)
                    : !leavesOutDone || !remaining.isEmpty() || !isDone(step);
            if (needed) {
                remaining.add(step);
            }
        }
        return remaining;
    }

    /** A step that removes what a failure of a later one leaves behind. */
    private static boolean isRepair(Step step, Plan plan) {
        int position = plan.steps().indexOf(step);
        return plan.steps().subList(position + 1, plan.steps().size()).stream()
                .anyMatch(later -> later.action() instanceof Action.LongStatement action
                        && action.cleanUp() != null
                        && step.action().equals(action.cleanUp().action()));
    }

    private boolean isDone(Step step) {
        if (connection == null || !(step.doneWhen() instanceof DoneWhen.Catalogue catalogue)) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + catalogue.sql())) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new StepFailed(
                    step.description() + ": could not see whether it is done (nothing was changed): " + e.getMessage(),
                    e);
        }
    }
}
