package dev.expandcontract.plan;

import java.util.Locale;

/** Who does the work of a backfill that a migration asks for. */
public enum BackfillMode {
    /** The migration, which waits for its end. */
    INLINE,
    /** Somebody else; the migration registers the backfill and goes on. */
    BACKGROUND,
    /** Somebody else where there is such a worker and the table is large; else the migration. */
    AUTO;

    /** As attributes and settings have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of this name */
    public static BackfillMode of(String text) {
        for (BackfillMode mode : values()) {
            if (mode.text().equalsIgnoreCase(text.strip())) {
                return mode;
            }
        }
        throw new IllegalArgumentException("expected inline, background or auto but found " + text);
    }
}
