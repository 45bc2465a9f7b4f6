package dev.expandcontract.backfill;

import dev.expandcontract.error.BackfillStopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Gives workers their ranges. In one short transaction, while the job's row is locked:
 *
 * <ol>
 *   <li>What was done is added up.
 *   <li>A range that waits and is due, or whose lease has run out, is taken; else the frontier moves on by one range.
 *   <li>At the end of the table, when nobody is at a range any more, the next pass begins, or the job ends.
 * </ol>
 */
final class Claims {
    /** So many locked ranges are left behind; with more of them it is better to wait. */
    private static final int MOST_WAITING = 100;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final BackfillJob job;
    private final Jobs jobs;
    private final Ranges ranges;
    private final Layout layout;
    private final Tally tally;
    private final LocalSettings settings;

    Claims(BackfillJob job, Jobs jobs, Ranges ranges, Layout layout) {
        this.job = job;
        this.jobs = jobs;
        this.ranges = ranges;
        this.layout = layout;
        this.tally = new Tally(ranges.table(), job.name());
        this.settings = settings(job.options());
    }

    /**
     * @param batches empty where nothing is to be had now
     * @param pause until there may be
     * @param isLast whether all that is left to do waits, or is at others
     */
    record Found(JobRow job, Optional<Batches> batches, Duration pause, boolean isLast) {}

    /**
     * @param rows in a batch
     * @param batches in a range of which nobody has taken any yet
     */
    Found next(Connection connection, int rows, int batches) throws SQLException {
        return Transactions.write(connection, settings, c -> inTransaction(c, rows, batches));
    }

    private Found inTransaction(Connection connection, int rows, int batches) throws SQLException {
        JobRow row = lockedRow(connection);
        if (!row.status().state().isOpen()) {
            return new Found(row, Optional.empty(), LONGEST_PAUSE, false);
        }
        Progress.Done done = tally.addUp(connection);
        Tally.Outlook outlook = tally.outlook(connection);
        requireFewFailures(outlook.failed());
        Progress progress = Progress.of(row, done, outlook.failed());
        Optional<Claim> again = ranges.take(connection);
        if (again.isPresent()) {
            Claim claim = again.get();
            Optional<Part> part = layout.part(connection, claim.part());
            if (part.isEmpty()) {
                ranges.forget(connection, claim);
                return found(jobs.advance(connection, row, progress), Optional.empty(), outlook);
            }
            if (layout.isSameFile(part.get(), claim.file())) {
                Batches taken = batches(connection, part.get(), claim, rows, batches);
                return found(jobs.advance(connection, row, progress.asking(rows)), Optional.of(taken), outlook);
            }
            progress = progress.passedAgain(restarted(connection, progress.position()));
        } else if (outlook.waiting() >= MOST_WAITING) {
            return found(jobs.advance(connection, row, progress), Optional.empty(), outlook);
        }
        progress = forward(connection, row, progress, outlook);
        if (progress.state().isEnd()) {
            // With it, all that was done before survives a crash of the server.
            Transactions.execute(connection, "SET LOCAL synchronous_commit TO DEFAULT");
        }
        if (progress.state().isEnd() || progress.position().isAtEndOfPart()) {
            return found(jobs.advance(connection, row, progress), Optional.empty(), outlook);
        }
        return claimed(connection, row, progress.asking(rows), batches, outlook);
    }

    private Found claimed(Connection connection, JobRow row, Progress progress, int batches, Tally.Outlook outlook)
            throws SQLException {
        Position position = progress.position();
        Part part = layout.part(connection, position.partOid()).orElseThrow();
        Range rest = layout.axis().range(position.frontier(), position.upperBound());
        int rows = progress.batchSize();
        List<List<String>> ends = layout.axis().ends(connection, part, rest, rows, batches);
        boolean isRest = ends.size() < batches;
        List<String> upTo = isRest ? position.upperBound() : ends.get(batches - 1);
        Claim claim = ranges.claim(connection, position, upTo, isRest ? 0 : (long) rows * batches);
        JobRow after = jobs.advance(connection, row, progress.at(position.movedTo(upTo)));
        return found(after, Optional.of(Batches.of(claim, ends, rows)), outlook);
    }

    private static Found found(JobRow row, Optional<Batches> batches, Tally.Outlook outlook) {
        Duration pause = outlook.nextDue().compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : outlook.nextDue();
        boolean isAtEnd = row.position().isAtEndOfPart() && row.position().isInLastPart();
        boolean isLast = outlook.untried() == 0 && (isAtEnd || outlook.waiting() >= MOST_WAITING);
        return new Found(row, batches, pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause, isLast);
    }

    private JobRow lockedRow(Connection connection) throws SQLException {
        return jobs.lock(connection, job.name())
                .filter(row -> row.fingerprint().equals(job.fingerprint()))
                .orElseThrow(() -> new BackfillStopped("its row in the state table was deleted or replaced"));
    }

    /** No more than so many; a range that met a lock is tried as one, to find the row that is locked. */
    private Batches batches(Connection connection, Part part, Claim claim, int rows, int most) throws SQLException {
        if (claim.rowsAsked() != 0 && claim.rowsAsked() <= rows) {
            return Batches.one(claim);
        }
        int wanted = claim.tries() > 0 ? 1 : most;
        Range range = layout.axis().range(claim.after(), claim.upTo());
        List<List<String>> ends = layout.axis().ends(connection, part, range, rows, wanted);
        Claim cut = ends.size() < wanted || ends.get(wanted - 1).equals(claim.upTo())
                ? claim
                : ranges.cut(connection, claim, ends.get(wanted - 1), (long) rows * wanted);
        return Batches.of(cut, ends, rows);
    }

    /** To the next position that has rows: in this part, in one of the next, or in the next pass. */
    private Progress forward(Connection connection, JobRow row, Progress start, Tally.Outlook outlook)
            throws SQLException {
        Progress progress =
                start.at(layout.current(connection, start.position()).orElse(start.position()));
        if (progress.position().part() < start.position().part()) {
            ranges.forgetAll(connection);
            progress = progress.passedAgain(progress.position());
        }
        while (progress.position().isAtEndOfPart()) {
            Position position = progress.position();
            if (!position.isInLastPart()) {
                progress = progress.at(layout.nextPart(connection, position));
            } else if (outlook.open() > 0) {
                return progress;
            } else {
                Optional<BackfillPhase> next = Passes.after(row.work(), progress, layout.isRepeatable());
                if (next.isEmpty()) {
                    return progress.ended();
                }
                Position pass = Position.beforePass(next.get(), position.pass() + 1, layout.parts(connection));
                progress = progress.beginning(pass, TableFacts.estimatedRows(connection, job.table()));
            }
        }
        return progress;
    }

    /** In block order, where a part was written anew: its ranges mean nothing any more. */
    private Position restarted(Connection connection, Position position) throws SQLException {
        ranges.forgetAll(connection);
        return Position.beforePass(position.phase(), position.pass(), layout.parts(connection));
    }

    private void requireFewFailures(long failed) {
        if (failed > job.options().maxFailures()) {
            throw new BackfillStopped(
                    "%d rows could not be changed, more than maxFailures (%d): what it does seems to be wrong, not the rows"
                            .formatted(failed, job.options().maxFailures()));
        }
    }

    /**
     * Waiting for the job's row harms nobody but another worker. Without statistics the planner would sort all that is left
     * of the table to find the end of one range, so it may not sort; a plan is made for the range at hand, and without a
     * compiler that may take longer than the batch. That a range was claimed need not survive a crash of the server: what
     * is done with it is committed later, and takes this along.
     */
    private static LocalSettings settings(BackfillOptions options) {
        return Key.SETTINGS
                .and(LocalSettings.waitingUpTo(options.batchTimeout()))
                .with("idle_in_transaction_session_timeout", options.batchTimeout())
                .with("enable_sort", "off")
                .with("enable_seqscan", "off")
                .with("synchronous_commit", "off")
                .with("plan_cache_mode", "force_custom_plan")
                .with("jit", "off");
    }
}
