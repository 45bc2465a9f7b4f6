package dev.expandcontract.settings;

import dev.expandcontract.sql.DurationText;
import java.time.Duration;

/** Durations in settings and in messages. */
public final class Durations {
    private Durations() {}

    /** @throws IllegalArgumentException if {@link DurationText#parse} does not know it */
    public static Duration parse(String text) {
        return DurationText.parse(text);
    }

    /** For messages: {@link DurationText#rounded}. */
    public static String text(Duration duration) {
        return DurationText.rounded(duration);
    }
}
