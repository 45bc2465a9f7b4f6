package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /** @param key that the job follows, from its first batch to its last */
    record Opened(JobRow row, Key key) {}

    /** What the same job, asked for by the same origin, once came to. Its table may have changed much since then. */
    Optional<BackfillResult> finishedBefore() throws SQLException {
        return present()
                .filter(this::isThisJobFinished)
                .map(row ->
                        new BackfillResult(job.name(), job.table(), row.status().rowsDone(), 0, 0, Duration.ZERO));
    }

    boolean isThisJobFinished(JobRow row) {
        return row.isFinished() && isSame(row) && row.status().origin().equals(job.origin());
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

    Opened open() throws SQLException {
        JobCheck.Findings findings = findingsWithoutProblems();
        String settings =
                Key.SETTINGS + "; " + Transactions.waitingUpTo(job.options().lockBudget());
        return Transactions.write(connection, settings, c -> {
            stateTable.create(c);
            Optional<JobRow> present = lockedRow();
            if (present.isPresent() && !present.get().isFinished()) {
                jobs.resume(c, job, upperBound(present.get(), keyOf(present.get(), findings)));
            } else {
                Key best = findings.keys().get(0);
                jobs.open(
                        c,
                        job,
                        Binding.of(findings, best),
                        TableFacts.lastKey(c, job.table(), new KeyRange(best, List.of(), List.of())),
                        TableFacts.estimatedRows(c, job.table()));
            }
            JobRow row = lockedRow().orElseThrow();
            return new Opened(row, keyOf(row, findings));
        });
    }

    /** Another origin counts on the rows that are there now; those beyond the old bound were never passed. */
    private List<String> upperBound(JobRow row, Key key) throws SQLException {
        if (row.status().origin().equals(job.origin())) {
            return row.upperBound();
        }
        List<String> beyond =
                TableFacts.lastKey(connection, job.table(), new KeyRange(key, row.upperBound(), List.of()));
        return beyond.isEmpty() ? row.upperBound() : beyond;
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
        boolean readable = stateTable.exists(connection)
                && stateTable.hindrance(connection).isEmpty();
        return readable ? jobs.read(connection, job.name()) : Optional.empty();
    }

    private Optional<JobRow> lockedRow() throws SQLException {
        Optional<JobRow> row = jobs.lock(connection, job.name());
        row.flatMap(this::clash).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row;
    }

    private boolean isSame(JobRow row) {
        return row.fingerprint().equals(job.fingerprint());
    }

    private Optional<Problem> clash(JobRow row) {
        if (row.isFinished() || isSame(row)) {
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

    private Key keyOf(JobRow row, JobCheck.Findings findings) {
        change(row, findings).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row.binding().key(findings).orElseThrow();
    }

    /** Why the job can't go on from its frontier. */
    private Optional<Problem> change(JobRow row, JobCheck.Findings findings) {
        return row.binding()
                .changedSince(findings)
                .map(change -> Problem.of(
                        "backfill \"%s\" has gone along the key %s of %s to %s, but %s. Undo that, or let it begin anew, with the rows that it has changed already: %s"
                                .formatted(
                                        job.name(),
                                        row.status().keyColumns(),
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
