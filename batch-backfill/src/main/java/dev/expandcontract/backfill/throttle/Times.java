package dev.expandcontract.backfill.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as PostgreSQL's settings write them: {@code 10s}. */
final class Times {
    private static final Map<String, Duration> UNITS = units();
    private static final Pattern TIME = Pattern.compile("(-?\\d{1,9})\\s*([a-z]+)");

    private Times() {}

    /** @throws IllegalArgumentException if it is no such time */
    static Duration parse(String text) {
        Matcher time = TIME.matcher(text.strip());
        Duration unit = time.matches() ? UNITS.get(time.group(2)) : null;
        if (unit == null) {
            List<String> names = new ArrayList<>(UNITS.keySet());
            throw new IllegalArgumentException(
                    "\"" + text.strip() + "\" is no time like 10s (units: " + String.join(", ", names) + ")");
        }
        return unit.multipliedBy(Long.parseLong(time.group(1)));
    }

    /** For {@link #parse}: in the largest unit that it is a whole number of; a part of a millisecond is left out. */
    static String exact(Duration time) {
        String text = time.toMillis() + "ms";
        for (Map.Entry<String, Duration> unit : UNITS.entrySet()) {
            long millis = unit.getValue().toMillis();
            if (time.toMillis() != 0 && time.toMillis() % millis == 0) {
                text = time.toMillis() / millis + unit.getKey();
            }
        }
        return text;
    }

    /** For people: the two largest units that matter. */
    static String rounded(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(1)) < 0) {
            return time.toMinutes() + " min";
        }
        return time.toHours() + " h" + (time.toMinutesPart() == 0 ? "" : " " + time.toMinutesPart() + " min");
    }

    private static Map<String, Duration> units() {
        Map<String, Duration> units = new LinkedHashMap<>();
        units.put("ms", Duration.ofMillis(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("min", Duration.ofMinutes(1));
        units.put("h", Duration.ofHours(1));
        units.put("d", Duration.ofDays(1));
        return units;
    }
}
