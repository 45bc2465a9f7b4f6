package dev.expandcontract.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The known name that a misspelt one most likely meant. */
public final class Suggestion {
    private Suggestion() {}

    /** {@code ", did you mean …?"}, or the list of what is known where nothing is near. */
    public static String forName(String wrong, Collection<String> known) {
        return known.stream()
                .filter(name -> distance(plain(wrong), plain(name)) <= Math.max(2, name.length() / 3))
                .min(Comparator.comparingInt(name -> distance(plain(wrong), plain(name))))
                .map(name -> ", did you mean " + name + "?")
                .orElseGet(() -> "; known are: " + String.join(", ", known));
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
