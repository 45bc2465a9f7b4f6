package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Target;
import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.ServerMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds what is wrong with a job by letting PostgreSQL plan its statement, and reading the catalogue. Changes nothing. */
final class JobCheck {
    private final BackfillJob job;
    private final Connection connection;
    private final Planning planning;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private List<Column> assigned = List.of();
    private boolean isRepeatable;

    private JobCheck(BackfillJob job, Connection connection) {
        this.job = job;
        this.connection = connection;
        this.planning = new Planning(connection);
    }

    /**
     * @param table its oid; 0 if it is not there
     * @param keys that the job may follow, best first
     * @param assigned the columns that the SET assigns; empty where PostgreSQL does not understand the statement
     * @param isRepeatable whether the work done twice comes to the same as done once
     * @param choice of an axis; meaningless where there are problems
     * @param throttles that can be used
     * @param warnings what does not keep the job from running
     */
    record Findings(
            List<Problem> problems,
            long table,
            List<Key> keys,
            List<Column> assigned,
            boolean isRepeatable,
            AxisChoice choice,
            UsableThrottles throttles,
            List<String> warnings) {
        Findings {
            problems = List.copyOf(problems);
            keys = List.copyOf(keys);
            assigned = List.copyOf(assigned);
            warnings = List.copyOf(warnings);
        }

        Axis axis() {
            return choice.axis();
        }

        BlockAxis blocks() {
            return choice.blocks();
        }
    }

    static Findings look(Connection lent, BackfillJob job, StateTable state) throws SQLException {
        LocalSettings settings =
                LocalSettings.waitingUpTo(job.options().lockBudget()).with("row_security", "off");
        return Transactions.read(lent, settings, connection -> {
            var check = new JobCheck(job, connection);
            AxisChoice choice = check.all(state);
            long table = TableFacts.oid(connection, job.table());
            UsableThrottles throttles = check.throttles(table);
            return new Findings(
                    check.problems,
                    table,
                    check.keys,
                    check.assigned,
                    check.isRepeatable,
                    choice,
                    throttles,
                    check.warnings);
        });
    }

    private UsableThrottles throttles(long table) throws SQLException {
        if (table == 0) {
            return UsableThrottles.NONE;
        }
        UsableThrottles throttles = UsableThrottles.of(connection, job.options(), Target.of(job.table()));
        throttles.problems().forEach(this::problem);
        warnings.addAll(throttles.warnings());
        return throttles;
    }

    private AxisChoice all(StateTable state) throws SQLException {
        AxisChoice choice = AxisChoice.NONE;
        Optional<String> noTable = TableFacts.hindrance(connection, job.table());
        noTable.ifPresent(this::problem);
        if (noTable.isEmpty()) {
            List<String> mistakes = new WorkCheck(job, planning).problems();
            mistakes.forEach(this::problem);
            if (mistakes.isEmpty()) {
                warnings.addAll(Volatility.warnings(job, connection));
            }
            choice = findAxis(mistakes.isEmpty());
        }
        DeadlockCheck.warning(connection, job.options()).ifPresent(warnings::add);
        state.hindrance(connection).ifPresent(this::problem);
        return choice;
    }

    private AxisChoice findAxis(boolean planned) throws SQLException {
        long table = TableFacts.oid(connection, job.table());
        List<String> foreign = new Parts(table, job.table().name()).foreign(connection);
        if (!foreign.isEmpty()) {
            problem("table " + job.table() + " has partitions that are foreign tables (" + String.join(", ", foreign)
                    + "): give each other partition a backfill of its own, and see to these where they are");
            return AxisChoice.NONE;
        }
        KeyFinder.Keys found = KeyFinder.keys(connection, job.table());
        List<Identifier> changed = planned ? changedColumns() : List.of();
        Cascade cascade = Cascade.of(connection, job.table());
        for (Key key : found.usable()) {
            if (Collections.disjoint(key.columns(), changed) && !cascade.moves(key, changed)) {
                keys.add(key);
            }
        }
        PartitionCheck.problems(connection, job, table, assigned).forEach(this::problem);
        isRepeatable = planned && Repeatable.is(job, assigned, connection, planning);
        AxisChoice choice = AxisChoice.of(job, keys, size(table, planned));
        if (choice.chosen() == null) {
            problem(noAxis(found, changed));
        }
        return choice;
    }

    private AxisChoice.Size size(long table, boolean planned) throws SQLException {
        Optional<SQLException> unreadable =
                planning.rejection("EXPLAIN SELECT 1 FROM " + job.table().sql());
        if (unreadable.isEmpty()) {
            return TableFacts.size(connection, job.table(), table);
        }
        if (planned) {
            problem("table " + job.table() + " can't be read: " + ServerMessage.of(unreadable.get()));
        }
        return AxisChoice.Size.UNKNOWN;
    }

    private String noAxis(KeyFinder.Keys found, List<Identifier> changed) {
        if (job.options().axis() == AxisKind.BLOCK) {
            return "block order needs an update or a deletion with a condition, which no longer holds once a row is done:"
                    + " rows move, and must not be changed twice";
        }
        if (found.usable().isEmpty()) {
            return "table " + job.table() + " has no key to go along: a backfill needs a primary key, or a valid,"
                    + " non-partial, not deferrable unique index on NOT NULL columns"
                    + (found.unusable().isEmpty() ? "" : " (" + String.join("; ", found.unusable()) + ")")
                    + ". It can do without if a condition tells the rows that are not done";
        }
        Key best = found.usable().get(0);
        return "set: changes " + best + ", the key of " + job.table() + " that the batches follow"
                + (Collections.disjoint(best.columns(), changed) ? ", by way of a foreign key with ON UPDATE" : "")
                + ": a row could be met twice, or never: " + job.definition();
    }

    /** Those that the SET assigns, and the generated ones, which may follow them. */
    private List<Identifier> changedColumns() throws SQLException {
        if (!(job.work() instanceof BackfillWork.Update update)) {
            return List.of();
        }
        List<Column> columns = TableFacts.columns(connection, job.table());
        assigned = AssignedColumns.of(job, update, columns, planning);
        return columns.stream()
                .filter(column -> column.isGenerated() || assigned.contains(column))
                .map(Column::name)
                .toList();
    }

    private void problem(String message) {
        problems.add(Problem.of(message));
    }
}
