package dev.expandcontract.backfill;

import dev.expandcontract.error.ExpandContractException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job that a {@link BackfillWorker} has chosen. Both are null of one that somebody has cancelled, or that
 * was, before the worker had begun it, no longer what it was chosen for.
 *
 * @param result null where it did not come to its end
 * @param failure why somebody has to look at it, also of rows that could not be changed; null where nobody has to
 */
public record BackfillOutcome(
        String name,
        @Nullable BackfillResult result,
        @Nullable ExpandContractException failure) {

    /** Throws the first failure of all, with the later ones suppressed on it; does nothing where there is none. */
    public static void throwFailures(List<BackfillOutcome> outcomes) {
        ExpandContractException first = null;
        for (BackfillOutcome outcome : outcomes) {
            ExpandContractException failure = outcome.failure();
            if (first == null) {
                first = failure;
            } else if (failure != null) {
                first.addSuppressed(failure);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
