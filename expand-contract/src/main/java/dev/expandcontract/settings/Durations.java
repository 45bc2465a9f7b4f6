package dev.expandcontract.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as PostgreSQL's settings write them, or as ISO 8601. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|min|m|h|d)");

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 10s}, {@code 5min}, {@code 2h}, {@code 1d} or {@code PT10S}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            double milliseconds = Double.parseDouble(matcher.group(1))
                    * switch (matcher.group(2)) {
                        case "ms" -> 1;
                        case "s" -> 1_000;
                        case "h" -> 3_600_000;
                        case "d" -> 86_400_000;
                        default -> 60_000;
                    };
            return Duration.ofMillis((long) milliseconds);
        }
        try {
            return Duration.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "expected a duration such as 500ms, 10s, 5min or PT10S but found " + text, e);
        }
    }

    /** For messages, to a tenth of a second at best: {@code 850 ms}, {@code 1.5 s}, {@code 10 min}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis >= 60_000 && millis % 60_000 == 0) {
            return millis / 60_000 + " min";
        }
        return String.format(Locale.ROOT, millis % 1_000 == 0 ? "%.0f s" : "%.1f s", millis / 1000.0);
    }
}
