package dev.expandcontract.backfill.throttle;

/** Whole numbers as people write them. */
final class Whole {
    private Whole() {}

    /** @throws IllegalArgumentException if it is none, or no {@code int} */
    static int parse(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text.strip() + "\" is no whole number", e);
        }
    }
}
