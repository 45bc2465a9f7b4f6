package dev.expandcontract.backfill;

import java.util.Locale;

/** What a pass over the table is for. */
public enum BackfillPhase {
    /** The first pass: every row. */
    FILL,
    /** For rows that came, or moved, behind the frontier. */
    SWEEP,
    /** Only counts the rows for which the condition still holds. */
    VERIFY;

    /** As the state table has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BackfillPhase of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
