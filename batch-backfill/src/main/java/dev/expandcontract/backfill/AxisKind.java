package dev.expandcontract.backfill;

import java.util.Locale;

/** The orders in which a backfill can go through a table. */
public enum AxisKind {
    /** Along a primary or unique key. */
    KEY,
    /**
     * As the rows lie on disk, a number of blocks at a time; needs no key, but a condition that no longer holds once a row
     * is done, since rows move.
     */
    BLOCK;

    /** As the state table and attributes have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AxisKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
