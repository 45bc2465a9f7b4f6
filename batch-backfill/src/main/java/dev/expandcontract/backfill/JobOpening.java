package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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

    /** The unfinished job that has the name but another definition. */
    Optional<Problem> clash() throws SQLException {
        return present().flatMap(this::clash);
    }

    Opened open() throws SQLException {
        List<Key> keys = keysOfCheckedJob();
        String settings = Key.SETTINGS + "; SET LOCAL lock_timeout = "
                + Math.max(1, job.options().lockBudget().toMillis());
        return Transactions.write(connection, settings, c -> {
            stateTable.create(c);
            Optional<JobRow> present = lockedRow();
            if (present.isPresent() && !present.get().isFinished()) {
                jobs.resume(c, job);
            } else {
                Key best = keys.get(0);
                jobs.open(
                        c,
                        job,
                        best,
                        TableFacts.greatestKey(c, job.table(), best),
                        TableFacts.estimatedRows(c, job.table()));
            }
            JobRow row = lockedRow().orElseThrow();
            return new Opened(row, keyOf(row, keys));
        });
    }

    private List<Key> keysOfCheckedJob() throws SQLException {
        JobCheck.Findings findings = JobCheck.look(connection, job, stateTable);
        if (!findings.problems().isEmpty()) {
            throw new InvalidOperation(findings.problems());
        }
        return findings.keys();
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
        return row.fingerprint().equals(Jobs.fingerprint(job));
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
                Let that one finish, take another name, or give it up: DELETE FROM %s WHERE name = '%s'""".formatted(
                        job.name(),
                        row.definition(),
                        origin.isEmpty() ? "" : " (asked for by " + origin + ")",
                        job.definition(),
                        stateTable.name(),
                        job.name().replace("'", "''"))));
    }

    private Key keyOf(JobRow row, List<Key> keys) {
        List<String> wanted = row.status().keyColumns();
        return keys.stream()
                .filter(key -> key.columnNames().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new InvalidOperation(
                        "backfill \"%s\" has gone along the key %s of %s to %s, but that key is no longer there: restore it"
                                .formatted(
                                        job.name(),
                                        wanted,
                                        job.table(),
                                        row.status().frontier())));
    }
}
