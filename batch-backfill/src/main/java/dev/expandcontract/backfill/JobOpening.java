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
    private final Continuity continuity;
    private final Resumption resumption;

    JobOpening(Connection connection, BackfillJob job, StateTable stateTable, Jobs jobs) {
        this.connection = connection;
        this.job = job;
        this.stateTable = stateTable;
        this.jobs = jobs;
        this.continuity = new Continuity(job, stateTable.name());
        this.resumption = new Resumption(job, stateTable, jobs, continuity);
    }

    /**
     * @param layout how the job goes through its table, from its first batch to its last
     * @param axisReason why along that axis
     * @param warnings what its listener should hear
     */
    record Opened(JobRow row, Layout layout, String axisReason, List<Throttle> throttles, List<String> warnings) {
        Opened {
            throttles = List.copyOf(throttles);
            warnings = List.copyOf(warnings);
        }
    }

    /** What the same job, asked for by the same origin, once came to. Its table may have changed much since then. */
    Optional<BackfillResult> finishedBefore() throws SQLException {
        return present()
                .filter(row -> row.isFinishedOf(job))
                .map(row -> row.status().result());
    }

    /** What would keep the job from running, all of it at once. */
    List<Problem> problems() throws SQLException {
        JobCheck.Findings findings = JobCheck.look(connection, job, stateTable);
        List<Problem> problems = new ArrayList<>(findings.problems());
        Optional<JobRow> present = present().filter(row -> !row.isFinished());
        present.flatMap(continuity::clash)
                .or(() -> problems.isEmpty()
                        ? present.flatMap(row -> continuity.change(row, findings))
                        : Optional.empty())
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
            resumption.resume(connection, present.get(), findings);
        } else if (present.isEmpty() || !present.get().isFinishedOf(job)) {
            NewJob.enter(connection, stateTable, job, findings, BackfillState.RUNNING);
        }
        JobRow row = lockedRow().orElseThrow();
        JobRow addedUp = jobs.read(connection, job.name()).orElseThrow();
        return new Opened(
                addedUp,
                continuity.layout(row, findings),
                axisReason(row, findings),
                findings.throttles().all(),
                findings.warnings());
    }

    private static String axisReason(JobRow row, JobCheck.Findings findings) {
        return row.status().axis() == findings.axis().kind() ? findings.choice().reason() : "it began so";
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
                    Optional<JobRow> present = jobs.read(c, job.name()).map(continuity::requireSame);
                    if (present.isEmpty()
                            || (present.get().isFinished() && !present.get().isFinishedOf(job))) {
                        NewJob.enter(c, stateTable, job, findings, BackfillState.REGISTERED);
                    } else if (isAskedForByAnother(present.get())) {
                        resumption.takeOver(c, lockedRow().orElseThrow(), findings);
                    }
                    return continuity
                            .requireSame(jobs.read(c, job.name()).orElseThrow())
                            .status();
                });
    }

    private boolean isAskedForByAnother(JobRow row) {
        return !row.isFinished() && !row.status().origin().equals(job.origin());
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
        return jobs.lock(connection, job.name()).map(continuity::requireSame);
    }
}
