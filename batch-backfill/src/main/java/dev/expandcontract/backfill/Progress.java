package dev.expandcontract.backfill;

/**
 * What a job's row says after a range was asked for.
 *
 * @param done what was finished since somebody last asked
 * @param rowsPassed in this pass
 * @param rowsSettled in this pass
 * @param rowsRemaining in this pass
 */
record Progress(
        BackfillState state,
        Position position,
        Done done,
        long rowsPassed,
        long rowsSettled,
        long rowsRemaining,
        long rowsFailed,
        long rowsEstimated,
        int batchSize) {
    /** Ranges that were done, added up. */
    record Done(long batches, long rowsPassed, long rowsChanged, long rowsRemaining) {
        static final Done NOTHING = new Done(0, 0, 0, 0);
    }

    /** Where the job stood, and what was done since then. */
    static Progress of(JobRow row, Done done, long rowsFailed) {
        BackfillStatus status = row.status();
        return new Progress(
                status.state().isOpen() ? BackfillState.RUNNING : status.state(),
                row.position(),
                done,
                status.rowsPassed() + done.rowsPassed(),
                row.rowsSettled()
                        + done.rowsChanged()
                        - (row.position().phase() == BackfillPhase.VERIFY ? 0 : done.rowsRemaining()),
                status.rowsRemaining() + done.rowsRemaining(),
                rowsFailed,
                status.rowsEstimated(),
                status.batchSize());
    }

    Progress at(Position now) {
        return new Progress(
                state, now, done, rowsPassed, rowsSettled, rowsRemaining, rowsFailed, rowsEstimated, batchSize);
    }

    /** The rows of the pass are gone through once more; that it has found some stays true. */
    Progress passedAgain(Position beforePass) {
        return new Progress(state, beforePass, done, 0, rowsSettled, 0, rowsFailed, rowsEstimated, batchSize);
    }

    Progress asking(int rows) {
        return new Progress(
                state, position, done, rowsPassed, rowsSettled, rowsRemaining, rowsFailed, rowsEstimated, rows);
    }

    /** Counts begin anew with a pass. */
    Progress beginning(Position pass, long rowsInTable) {
        return new Progress(state, pass, done, 0, 0, 0, rowsFailed, rowsInTable, batchSize);
    }

    /** What still matches after its change is done, unless it was counted since. */
    Progress ended() {
        boolean isUndone = position.phase() == BackfillPhase.VERIFY && rowsRemaining > 0;
        return new Progress(
                rowsFailed == 0 && !isUndone ? BackfillState.FINISHED : BackfillState.FINISHED_WITH_FAILURES,
                position,
                done,
                rowsPassed,
                rowsSettled,
                rowsRemaining,
                rowsFailed,
                rowsEstimated,
                batchSize);
    }
}
