package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttle;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Enters a job in the state table, or finds where it stands. */
final class JobOpening {
    private final Connection connection;
    private final BackfillJob job;
    private final StateTable stateTable;
    private final Jobs jobs;

    JobOpening(Connection connection, BackfillJob job, StateTable stateTable, Jobs jobs) {
        this.connection = connection;
        this.job = job;
        this.stateTable = stateTable;
        this.jobs = jobs;
    }

    /**
     * @param layout how the job goes through its table, from its first batch to its last
     * @param warnings what its listener should hear
     */
    record Opened(JobRow row, Layout layout, List<Throttle> throttles, List<String> warnings) {
        Opened {
            throttles = List.copyOf(throttles);
            warnings = List.copyOf(warnings);
        }
    }

    /** What the same job, asked for by the same origin, once came to. Its table may have changed much since then. */
    Optional<BackfillResult> finishedBefore() throws SQLException {
        return present().filter(this::isThisJobFinished).map(row -> row.status().result());
    }

    boolean isThisJobFinished(JobRow row) {
        return row.isFinished() && row.isOf(job) && row.status().origin().equals(job.origin());
    }

    /** What would keep the job from running, all of it at once. */
    List<Problem> problems() throws SQLException {
        JobCheck.Findings findings = JobCheck.look(connection, job, stateTable);
        List<Problem> problems = new ArrayList<>(findings.problems());
        Optional<JobRow> present = present().filter(row -> !row.isFinished());
        present.flatMap(this::clash)
                .or(() -> problems.isEmpty() ? present.flatMap(row -> change(row, findings)) : Optional.empty())
                .ifPresent(problems::add);
        return problems;
    }

    /** For somebody who wants it to run, whatever has become of it. */
    Opened open() throws SQLException {
        JobCheck.Findings findings = findingsWithoutProblems();
        return Transactions.write(connection, settings(), c -> {
            stateTable.create(c);
            return opened(lockedRow(), findings);
        });
    }

    /** For somebody who has seen it wait; empty where it is no longer what it was chosen for, or was deleted. */
    Optional<Opened> openIfStill(Predicate<BackfillStatus> wanted) throws SQLException {
        if (present().filter(row -> wanted.test(row.status())).isEmpty()) {
            return Optional.empty();
        }
        JobCheck.Findings findings = findingsWithoutProblems();
        return Transactions.write(connection, settings(), c -> {
            Optional<JobRow> present = lockedRow().filter(row -> wanted.test(row.status()));
            return present.isEmpty() ? Optional.empty() : Optional.of(opened(present, findings));
        });
    }

    private Opened opened(Optional<JobRow> present, JobCheck.Findings findings) throws SQLException {
        if (present.isPresent() && !present.get().isFinished()) {
            resume(present.get(), findings, new Ranges(stateTable.ranges(), job, ""));
        } else if (present.isEmpty() || !isThisJobFinished(present.get())) {
            NewJob.enter(connection, stateTable, job, findings, BackfillState.RUNNING);
        }
        JobRow row = lockedRow().orElseThrow();
        JobRow addedUp = jobs.read(connection, job.name()).orElseThrow();
        return new Opened(addedUp, layout(row, findings), findings.throttles().all(), findings.warnings());
    }

    private LocalSettings settings() {
        return Key.SETTINGS.and(LocalSettings.waitingUpTo(job.options().lockBudget()));
    }

    /** Enters the job, so that another process may run it; also inside a transaction of the lender. */
    BackfillStatus register() throws SQLException {
        JobCheck.Findings findings = findingsWithoutProblems();
        return Transactions.joining(
                connection, LocalSettings.waitingUpTo(job.options().lockBudget()), c -> {
                    stateTable.create(c);
                    Optional<JobRow> present = jobs.read(c, job.name()).map(this::withoutClash);
                    if (present.isEmpty() || (present.get().isFinished() && !isThisJobFinished(present.get()))) {
                        NewJob.enter(c, stateTable, job, findings, BackfillState.REGISTERED);
                    } else if (isAskedForByAnother(present.get())) {
                        takeOver(lockedRow().orElseThrow(), findings);
                    }
                    return withoutClash(jobs.read(c, job.name()).orElseThrow()).status();
                });
    }

    private boolean isAskedForByAnother(JobRow row) {
        return !row.isFinished() && !row.status().origin().equals(job.origin());
    }

    /** If it is begun, this origin, too, counts on the rows that are there now. */
    private void takeOver(JobRow row, JobCheck.Findings findings) throws SQLException {
        if (row.status().state() == BackfillState.REGISTERED) {
            jobs.handOver(connection, job);
        } else {
            resume(row, findings, new Ranges(stateTable.ranges(), job, ""));
        }
    }

    /** Verifying tries no row again; before a pass, the table is taken as it is now. */
    private void resume(JobRow before, JobCheck.Findings findings, Ranges ranges) throws SQLException {
        JobRow row = before.position().phase() == BackfillPhase.VERIFY ? before : retrying(before, ranges);
        Position position = row.position().endingWith(upperBound(row, findings));
        if (position.part() > 0) {
            jobs.resume(connection, job, position, row.status().rowsEstimated());
            return;
        }
        List<Long> parts = new Parts(findings.table(), job.table().name()).all(connection);
        jobs.resume(
                connection,
                job,
                Position.beforePass(position.phase(), position.pass(), parts),
                TableFacts.estimatedRows(connection, job.table()));
    }

    /** In block order a row that was mended lies elsewhere since then, so that only another pass meets it. */
    private JobRow retrying(JobRow row, Ranges ranges) throws SQLException {
        BackfillStatus status = row.status();
        if (status.axis() == AxisKind.KEY) {
            ranges.retry(connection);
            return row;
        }
        if (status.rowsFailed() == 0 || status.state() == BackfillState.RUNNING) {
            return row;
        }
        ranges.forgetUnfinished(connection);
        Position pass = Position.beforePass(
                BackfillPhase.SWEEP, row.position().pass() + 1, row.position().parts());
        return jobs.advance(
                connection, row, Progress.of(row, Progress.Done.NOTHING, 0).beginning(pass, status.rowsEstimated()));
    }

    private Layout layout(JobRow row, JobCheck.Findings findings) {
        return new Layout(job, findings.table(), axisOf(row, findings), findings.isRepeatable());
    }

    /**
     * Another origin counts on the rows that are there now; those beyond the old bound were never passed. In a transaction
     * of the lender the settings are its own again afterwards.
     */
    private List<String> upperBound(JobRow row, JobCheck.Findings findings) throws SQLException {
        Position position = row.position();
        Layout layout = layout(row, findings);
        if (row.status().origin().equals(job.origin()) || position.part() == 0) {
            return position.upperBound();
        }
        Optional<Part> part = layout.part(connection, position.partOid());
        List<String> beyond = part.isEmpty()
                ? List.of()
                : Transactions.read(
                        connection, Key.SETTINGS, c -> layout.axis().bound(c, part.get(), position.upperBound()));
        return beyond.isEmpty() ? position.upperBound() : beyond;
    }

    private JobCheck.Findings findingsWithoutProblems() throws SQLException {
        JobCheck.Findings findings = JobCheck.look(connection, job, stateTable);
        if (!findings.problems().isEmpty()) {
            throw new InvalidOperation(findings.problems());
        }
        return findings;
    }

    /** Without the rights to see it there is none; the check tells of them. */
    private Optional<JobRow> present() throws SQLException {
        return stateTable.hindrance(connection).isEmpty() ? jobs.read(connection, job.name()) : Optional.empty();
    }

    private Optional<JobRow> lockedRow() throws SQLException {
        return jobs.lock(connection, job.name()).map(this::withoutClash);
    }

    private JobRow withoutClash(JobRow row) {
        clash(row).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row;
    }

    private Optional<Problem> clash(JobRow row) {
        if (row.isFinished() || row.isOf(job)) {
            return Optional.empty();
        }
        String origin = row.status().origin();
        return Optional.of(Problem.of("""
                the name "%s" belongs to a backfill that is not finished and does something else:
                  there: %s%s
                  here:  %s
                Let that one finish, take another name, or give it up: %s""".formatted(
                        job.name(),
                        row.definition(),
                        origin.isEmpty() ? "" : " (asked for by " + origin + ")",
                        job.definition(),
                        deletion())));
    }

    private Axis axisOf(JobRow row, JobCheck.Findings findings) {
        change(row, findings).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row.binding().axis(findings);
    }

    /** Why the job can't go on from its frontier. */
    private Optional<Problem> change(JobRow row, JobCheck.Findings findings) {
        return row.binding()
                .changedSince(findings)
                .map(change -> Problem.of(
                        "backfill \"%s\" has gone along %s of %s to %s, but %s. Undo that, or let it begin anew, with the rows that it has changed already: %s"
                                .formatted(
                                        job.name(),
                                        row.status().axis() == AxisKind.BLOCK
                                                ? "the blocks"
                                                : "the key " + row.status().keyColumns(),
                                        job.table(),
                                        row.status().frontier(),
                                        change,
                                        deletion())));
    }

    private String deletion() {
        return "DELETE FROM " + stateTable.name() + " WHERE name = '"
                + job.name().replace("'", "''") + "'";
    }
}
