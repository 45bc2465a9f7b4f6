package dev.expandcontract.backfill.throttle;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as PostgreSQL's settings write them: {@code 256MB}, by steps of 1024. */
final class Bytes {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB");
    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,15})\\s*([A-Za-z]+)");

    private Bytes() {}

    /** @throws IllegalArgumentException if it is no such size */
    static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (size.matches()) {
            for (int unit = 0; unit < UNITS.size(); unit++) {
                if (UNITS.get(unit).equalsIgnoreCase(size.group(2))) {
                    return new BigDecimal(size.group(1))
                            .multiply(BigDecimal.valueOf(1L << (10 * unit)))
                            .min(BigDecimal.valueOf(Long.MAX_VALUE))
                            .longValue();
                }
            }
        }
        throw new IllegalArgumentException(
                "\"" + text.strip() + "\" is no size like 256MB (units: " + String.join(", ", UNITS) + ")");
    }

    /** For {@link #parse}: in the largest unit that it is a whole number of. */
    static String exact(long bytes) {
        int unit = 0;
        long amount = bytes;
        while (amount != 0 && amount % 1024 == 0 && unit < UNITS.size() - 1) {
            amount /= 1024;
            unit++;
        }
        return amount + UNITS.get(unit);
    }

    /** For people: below ten with one digit after the point. */
    static String rounded(long bytes) {
        int unit = 0;
        double amount = (double) bytes;
        while (amount >= 1000 && unit < UNITS.size() - 1) {
            amount /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || amount >= 10 || amount == Math.rint(amount);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", amount, UNITS.get(unit));
    }
}
