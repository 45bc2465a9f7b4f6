package dev.expandcontract.backfill;

import dev.expandcontract.error.Blocker;
import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.util.List;

/**
 * A batch that met a lock and was rolled back; its range is tried again.
 *
 * @param range the keys of the batch, in words
 * @param pause until the next try
 * @param budgetLeft how long this range is still tried
 * @param blockers who holds the rows; empty where nobody was seen any more
 */
public record BackfillWait(
        String name, QualifiedName table, String range, Duration pause, Duration budgetLeft, List<Blocker> blockers) {
    public BackfillWait {
        blockers = List.copyOf(blockers);
    }
}
