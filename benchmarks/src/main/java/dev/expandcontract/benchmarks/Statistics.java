package dev.expandcontract.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Of figures in any order. */
final class Statistics {
    private Statistics() {}

    /** The mean of the middle two where their number is even; empty without any. */
    static <T> OptionalDouble median(Collection<T> runs, ToDoubleFunction<T> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return switch (sorted.length % 2) {
            case 1 -> OptionalDouble.of(sorted[middle]);
            default ->
                sorted.length == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of((sorted[middle - 1] + sorted[middle]) / 2);
        };
    }

    /** The smallest figure that at least this share of them does not exceed (nearest rank). */
    static double percentile(long[] figures, double share) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("no figure has no percentile");
        }
        long[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }
}
