package dev.expandcontract.samples.shop;

/**
 * What the command line asks for.
 *
 * @param orders how many the shop has before the migration
 * @param compare whether to migrate a second shop without the pack
 */
record Options(long orders, boolean compare, boolean help) {
    static final String USAGE = """
            Migrates a shop while it is open: writers and readers go on, and measure their slowest statement.

              --orders N   how many orders the shop has; default 1000000
              --compare    then the same migration without the pack, on a second shop
              --help       this text

            Exit code 0: the application saw no error and every operation was done; 1: otherwise; 2: wrong arguments.
            """;

    private static final long DEFAULT_ORDERS = 1_000_000;
    private static final long FEWEST = 1_000;

    static Options of(String... arguments) {
        Options options = new Options(DEFAULT_ORDERS, false, false);
        for (int i = 0; i < arguments.length; i++) {
            options = switch (arguments[i]) {
                case "--orders" -> new Options(number(arguments, ++i), options.compare, options.help);
                case "--compare" -> new Options(options.orders, true, options.help);
                case "--help", "-h" -> new Options(options.orders, options.compare, true);
                default -> throw new WrongArguments("\"%s\" is none of the arguments".formatted(arguments[i]));
            };
        }
        return options;
    }

    private static long number(String[] arguments, int index) {
        String text = index < arguments.length ? arguments[index].replace("_", "") : "";
        if (!text.matches("[0-9]{1,9}") || Long.parseLong(text) < FEWEST) {
            throw new WrongArguments("--orders needs a number from %d".formatted(FEWEST));
        }
        return Long.parseLong(text);
    }

    static final class WrongArguments extends IllegalArgumentException {
        WrongArguments(String message) {
            super(message);
        }
    }
}
