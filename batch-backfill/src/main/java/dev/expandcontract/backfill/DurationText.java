package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as PostgreSQL's settings write them: a whole number and a unit. */
final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(ms|s|min|h|d)");

    private record Unit(String name, Duration one) {}

    /** The longest first. */
    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("min", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)));

    private DurationText() {}

    /** In the longest unit that leaves no rest; below a millisecond nothing is kept. */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        Unit unit = UNITS.stream()
                .filter(it -> millis != 0 && millis % it.one().toMillis() == 0)
                .findFirst()
                .orElse(UNITS.get(UNITS.size() - 1));
        return millis / unit.one().toMillis() + unit.name();
    }

    /** @throws IllegalArgumentException if it is not such a text */
    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a duration such as 500ms, 10s, 5min, 2h or 1d");
        }
        Duration one = UNITS.stream()
                .filter(unit -> unit.name().equals(matcher.group(2)))
                .map(Unit::one)
                .findFirst()
                .orElseThrow();
        return one.multipliedBy(Long.parseLong(matcher.group(1)));
    }
}
