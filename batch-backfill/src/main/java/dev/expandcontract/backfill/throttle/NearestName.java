package dev.expandcontract.backfill.throttle;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The known name that a misspelt one most likely meant. */
final class NearestName {
    private NearestName() {}

    /** @param known at least one */
    static String to(String wrong, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(
                        name -> distance(wrong.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))))
                .orElseThrow();
    }

    /** Levenshtein's, row by row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
