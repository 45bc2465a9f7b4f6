package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * Whether a job that is asked for is the one that the state table has, and can go on as that stands.
 *
 * @param table of the jobs
 */
record Continuity(BackfillJob job, QualifiedName table) {
    /** @throws InvalidOperation if the row is of an unfinished job that does something else */
    JobRow requireSame(JobRow row) {
        clash(row).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row;
    }

    /** Why the job can't have the name that it wants. */
    Optional<Problem> clash(JobRow row) {
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

    /** @throws InvalidOperation if the job can't go on from its frontier */
    Layout layout(JobRow row, JobCheck.Findings findings) {
        return new Layout(job, findings.table(), axisOf(row, findings), findings.isRepeatable());
    }

    private Axis axisOf(JobRow row, JobCheck.Findings findings) {
        change(row, findings).ifPresent(problem -> {
            throw new InvalidOperation(List.of(problem));
        });
        return row.binding().axis(findings);
    }

    /** Why the job can't go on from its frontier. */
    Optional<Problem> change(JobRow row, JobCheck.Findings findings) {
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
        return "DELETE FROM " + table + " WHERE name = '" + job.name().replace("'", "''") + "'";
    }
}
