package dev.expandcontract.backfill;

import java.util.Optional;

/** Decides what comes after a pass. */
final class Passes {
    /** Then the application writes rows faster than they are found; counting them says so. */
    static final int MOST = 20;

    private Passes() {}

    /**
     * Another pass, as long as one finds rows; none where nothing tells a row that is done from one that is not, or where
     * rows would be changed a second time.
     *
     * @param progress at the end of a pass
     */
    static Optional<BackfillPhase> after(BackfillWork work, Progress progress, boolean isRepeatable) {
        boolean toldApart = work.condition() != null && !(work instanceof BackfillWork.Copy);
        boolean foundNone = progress.rowsSettled() == 0;
        boolean twice = !isRepeatable && progress.rowsRemaining() > 0;
        if (!toldApart || foundNone || twice || progress.position().phase() == BackfillPhase.VERIFY) {
            return Optional.empty();
        }
        return Optional.of(progress.position().pass() < MOST ? BackfillPhase.SWEEP : BackfillPhase.VERIFY);
    }
}
