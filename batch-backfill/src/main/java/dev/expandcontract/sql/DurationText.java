package dev.expandcontract.sql;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as PostgreSQL's settings write them, {@code 500ms}, and as people read them. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,17}(?:\\.\\d{1,9})?)\\s*(ms|s|min|h|d)");
    private static final Duration MOST = Duration.ofDays(1_000_000_000);

    private record Unit(String name, Duration one) {}

    /** The longest first. */
    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("min", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)));

    private DurationText() {}

    /**
     * Reads {@code 500ms}, {@code 1.5 s}, {@code 5min}, {@code 2h}, {@code 1d} or, as ISO 8601, {@code PT10S}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Duration parse(String text) {
        String stripped = text.strip();
        Matcher matcher = FORM.matcher(stripped.toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            Duration one = UNITS.stream()
                    .filter(unit -> unit.name().equals(matcher.group(2)))
                    .map(Unit::one)
                    .findFirst()
                    .orElseThrow();
            BigDecimal millis = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(one.toMillis()));
            if (millis.compareTo(BigDecimal.valueOf(MOST.toMillis())) <= 0) {
                return Duration.ofMillis(millis.longValue());
            }
        }
        try {
            Duration duration = Duration.parse(stripped);
            if (duration.abs().compareTo(MOST) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // Told of below.
        }
        throw new IllegalArgumentException(
                "expected a duration such as 500ms, 10s, 5min, 2h, 1d or PT10S but found \"" + stripped + "\"");
    }

    /** For {@link #parse}: in the longest unit that leaves no rest; below a millisecond nothing is kept. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        Unit unit = UNITS.stream()
                .filter(it -> millis != 0 && millis % it.one().toMillis() == 0)
                .findFirst()
                .orElse(UNITS.get(UNITS.size() - 1));
        return millis / unit.one().toMillis() + unit.name();
    }

    /** For messages: {@code 850 ms}, {@code 1.5 s}, {@code 10 min}, {@code 2 h 5 min}. */
    public static String rounded(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || (millis >= 1_000 && millis < 120_000 && millis % 60_000 != 0)) {
            String seconds = String.format(Locale.ROOT, "%.1f", millis / 1000.0);
            return (seconds.endsWith(".0") ? seconds.substring(0, seconds.length() - 2) : seconds) + " s";
        }
        if (millis < 1_000) {
            return millis + " ms";
        }
        int minutes = duration.toMinutesPart();
        if (millis < 3_600_000) {
            return minutes + " min";
        }
        return duration.toHours() + " h" + (minutes == 0 ? "" : " " + minutes + " min");
    }

    /** As {@link #rounded}, of what is looked at once in a second. */
    public static String wholeSeconds(Duration duration) {
        return rounded(Duration.ofSeconds(duration.toSeconds()));
    }
}
