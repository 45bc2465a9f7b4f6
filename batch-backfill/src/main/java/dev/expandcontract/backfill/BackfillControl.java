package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.StepFailed;
import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at jobs and steers them, whoever runs them: the workers read their job's row before each batch. Each change is one
 * statement, in the caller's transaction if there is one; workers see it once that is committed. To ask for what is so
 * already changes nothing.
 *
 * <p>Every method throws {@link InvalidOperation} where there is no job of the name (it suggests the nearest), or where the
 * job's state does not allow what is asked for, and {@link StepFailed} where the state tables can't be read or written.
 */
public final class BackfillControl {
    private static final String STATE = """
            UPDATE %s SET state = ?, error = NULL, throttle = NULL, rate_since = clock_timestamp()
            WHERE name = ? AND state = ANY (?)
            """;

    private static final String SPEED = "UPDATE %s SET speed = ? WHERE name = ? AND state <> 'finished'";

    private final StateTable stateTable;
    private final NamedJobs jobs;
    private final JobRanges ranges;

    /** @param stateSchema where {@code expand_contract_backfill} is kept */
    public BackfillControl(Identifier stateSchema) {
        this.stateTable = new StateTable(stateSchema);
        this.jobs = new NamedJobs(stateTable, new Jobs(stateTable));
        this.ranges = new JobRanges(stateTable.ranges());
    }

    /** All jobs, the oldest first; none where there is no state table yet. */
    public List<BackfillStatus> jobs(Connection connection) {
        return stateTable.told(
                "read", () -> jobs.all(connection).stream().map(JobRow::status).toList());
    }

    public BackfillStatus status(Connection connection, String name) {
        return stateTable.told("read", () -> jobs.read(connection, name).status());
    }

    /** What each worker is at, and what waits, in the order in which it was claimed. */
    public List<BackfillRange> ranges(Connection connection, String name) {
        return stateTable.told("read", () -> {
            jobs.read(connection, name);
            return ranges.unfinished(connection, name);
        });
    }

    /**
     * The rows that could not be changed, those first that were found first.
     *
     * @param limit of how many; {@link BackfillStatus#rowsFailed()} is their number
     */
    public List<BackfillFailure> failures(Connection connection, String name, int limit) {
        return stateTable.told("read", () -> {
            jobs.read(connection, name);
            return ranges.failures(connection, name, limit);
        });
    }

    /** Its workers wait, after the batches at hand, until it is resumed or cancelled. */
    public BackfillStatus pause(Connection connection, String name) {
        return change(
                connection,
                name,
                BackfillState.PAUSED,
                Set.of(BackfillState.REGISTERED, BackfillState.RUNNING, BackfillState.STOPPED),
                Set.of(BackfillState.PAUSED));
    }

    /** Workers that wait go on; where there are none, the next run does. */
    public BackfillStatus resume(Connection connection, String name) {
        return change(
                connection,
                name,
                BackfillState.RUNNING,
                Set.of(BackfillState.PAUSED, BackfillState.CANCELLED, BackfillState.STOPPED),
                Set.of(BackfillState.REGISTERED, BackfillState.RUNNING));
    }

    /** Its workers end, after the batches at hand; what is done stays done. The next run goes on from there. */
    public BackfillStatus cancel(Connection connection, String name) {
        return change(
                connection,
                name,
                BackfillState.CANCELLED,
                Set.of(BackfillState.REGISTERED, BackfillState.RUNNING, BackfillState.PAUSED, BackfillState.STOPPED),
                Set.of(BackfillState.CANCELLED));
    }

    /** @param percent share of the time in which each worker works, 1 to 100; null for what its options say */
    public BackfillStatus speed(Connection connection, String name, @Nullable Integer percent) {
        if (percent != null && (percent < 1 || percent > 100)) {
            throw new InvalidOperation("speed must be from 1 to 100 percent: " + percent);
        }
        return stateTable.told("changed, and were not", () -> {
            int changed = update(connection, SPEED, p -> p.number(percent).text(name));
            BackfillStatus status = jobs.read(connection, name).status();
            if (changed == 0) {
                throw new InvalidOperation("backfill \"" + name + "\" is finished: it has no speed any more");
            }
            return status;
        });
    }

    /**
     * Has a job that has ended go through its table once more, in its next run.
     *
     * @param repairs true: rows for which its condition holds are changed, and rows that could not be changed are tried
     *     again. False: they are only counted, in {@link BackfillStatus#rowsRemaining()}
     */
    public BackfillStatus verify(Connection connection, String name, boolean repairs) {
        return stateTable.told("changed, and were not", () -> {
            JobRow row = jobs.read(connection, name);
            new Verification(stateTable, row, repairs).begin(connection);
            return jobs.read(connection, name).status();
        });
    }

    private BackfillStatus change(
            Connection connection, String name, BackfillState to, Set<BackfillState> from, Set<BackfillState> already) {
        return stateTable.told("changed, and were not", () -> {
            List<String> states = from.stream().map(BackfillState::text).toList();
            int changed =
                    update(connection, STATE, p -> p.text(to.text()).text(name).texts(states));
            BackfillStatus status = jobs.read(connection, name).status();
            if (changed == 0 && !already.contains(status.state())) {
                throw new InvalidOperation("backfill \"" + name + "\" is "
                        + status.state().text()
                        + ": it can't be " + (to == BackfillState.RUNNING ? "resumed" : to.text())
                        + (status.state() == BackfillState.CANCELLED ? " unless it is resumed first" : " any more"));
            }
            return status;
        });
    }

    private int update(Connection connection, String sql, Parameters.Binder binder) throws SQLException {
        if (!stateTable.isCurrent(connection)) {
            return 0;
        }
        try (PreparedStatement statement =
                connection.prepareStatement(sql.formatted(stateTable.name().sql()))) {
            binder.bind(new Parameters(statement));
            return statement.executeUpdate();
        }
    }
}
