package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@link BackfillOptions} as text, such as {@code targetTime=100ms, workers=2}: the keys are the names of the options,
 * separated by commas. A value with a comma or a quote is in single quotes, quotes in it doubled.
 */
public final class OptionsText {
    private static final Pattern ENTRY = Pattern.compile("\\s*(\\w+)\\s*=\\s*('(?:[^']|'')*'\\s*|[^,']*)(?:,|$)");

    private OptionsText() {}

    /** Each option, how it is written and how it is read. */
    @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
    private enum Option {
        TARGET_TIME(o -> DurationText.of(o.targetTime()), (b, v) -> b.targetTime(DurationText.parse(v))),
        FIRST_BATCH_SIZE(o -> o.firstBatchSize(), (b, v) -> b.firstBatchSize(Integer.parseInt(v))),
        MIN_BATCH_SIZE(o -> o.minBatchSize(), (b, v) -> b.minBatchSize(Integer.parseInt(v))),
        MAX_BATCH_SIZE(o -> o.maxBatchSize(), (b, v) -> b.maxBatchSize(Integer.parseInt(v))),
        LOCK_TIMEOUT(o -> DurationText.of(o.lockTimeout()), (b, v) -> b.lockTimeout(DurationText.parse(v))),
        LOCK_BUDGET(o -> DurationText.of(o.lockBudget()), (b, v) -> b.lockBudget(DurationText.parse(v))),
        BATCH_TIMEOUT(o -> DurationText.of(o.batchTimeout()), (b, v) -> b.batchTimeout(DurationText.parse(v))),
        AXIS(OptionsText::axis, (b, v) -> b.axis(axis(v))),
        WORKERS(o -> o.workers(), (b, v) -> b.workers(Integer.parseInt(v))),
        SPEED(o -> o.speed(), (b, v) -> b.speed(Integer.parseInt(v))),
        LEASE(o -> DurationText.of(o.lease()), (b, v) -> b.lease(DurationText.parse(v))),
        RECONNECT_BUDGET(o -> DurationText.of(o.reconnectBudget()), (b, v) -> b.reconnectBudget(DurationText.parse(v))),
        MAX_FAILURES(o -> o.maxFailures(), (b, v) -> b.maxFailures(Integer.parseInt(v))),
        THROTTLES(OptionsText::throttles, BackfillOptions.Builder::throttles);

        private final Function<BackfillOptions, Object> value;
        private final BiConsumer<BackfillOptions.Builder, String> reader;

        Option(Function<BackfillOptions, Object> value, BiConsumer<BackfillOptions.Builder, String> reader) {
            this.value = value;
            this.reader = reader;
        }

        private String key() {
            String[] words = name().toLowerCase(Locale.ROOT).split("_", -1);
            return words[0]
                    + Arrays.stream(words)
                            .skip(1)
                            .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                            .collect(Collectors.joining());
        }

        private String text(BackfillOptions options) {
            return value.apply(options).toString();
        }

        private void read(BackfillOptions.Builder builder, String text) {
            try {
                reader.accept(builder, text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected a whole number", e);
            }
        }
    }

    /** The names of all options. */
    public static List<String> keys() {
        return Arrays.stream(Option.values()).map(Option::key).toList();
    }

    /** What differs from the defaults; empty if nothing does. */
    public static String of(BackfillOptions options) {
        return Arrays.stream(Option.values())
                .filter(option -> !option.text(options).equals(option.text(BackfillOptions.defaults())))
                .map(option -> option.key() + "=" + quoted(option.text(options)))
                .collect(Collectors.joining(", "));
    }

    /**
     * The defaults, but for what the text says.
     *
     * @throws ConfigurationProblem if it is no such text; it tells of all that is wrong, and suggests the nearest key
     */
    public static BackfillOptions parse(String text) {
        return parse(text, BackfillOptions.defaults());
    }

    /** As {@link #parse(String)}, with other options in place of the defaults. */
    public static BackfillOptions parse(String text, BackfillOptions base) {
        List<String> problems = new ArrayList<>();
        Map<Option, String> values = entries(text, problems);
        return base.with(builder -> {
            values.forEach((option, value) -> apply(builder, option, value, problems));
            requireNone(problems, text);
        });
    }

    private static void apply(BackfillOptions.Builder builder, Option option, String value, List<String> problems) {
        try {
            option.read(builder, value);
        } catch (IllegalArgumentException e) {
            problems.add(option.key() + ": " + e.getMessage() + " but found \"" + value + "\"");
        } catch (ConfigurationProblem e) {
            problems.add(option.key() + ": " + e.getMessage());
        }
    }

    private static void requireNone(List<String> problems, String text) {
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem("backfill options \"" + text + "\": " + String.join("; ", problems));
        }
    }

    private static Map<Option, String> entries(String text, List<String> problems) {
        Map<Option, String> values = new LinkedHashMap<>();
        Matcher entry = ENTRY.matcher(text);
        int end = 0;
        while (end < text.length() && entry.find(end) && entry.start() == end) {
            end = entry.end();
            put(values, entry.group(1), unquoted(entry.group(2)), problems);
        }
        if (!text.substring(end).isBlank()) {
            problems.add("expected key=value, separated by commas, but found \"" + text.substring(end) + "\"");
        }
        return values;
    }

    private static void put(Map<Option, String> values, String key, String value, List<String> problems) {
        Arrays.stream(Option.values())
                .filter(option -> option.key().equals(key))
                .findFirst()
                .ifPresentOrElse(
                        option -> {
                            if (values.putIfAbsent(option, value) != null) {
                                problems.add(key + " is given twice");
                            }
                        },
                        () -> problems.add("unknown option " + key + Suggestion.forName(key, keys())));
    }

    private static Object throttles(BackfillOptions options) {
        String asked = Throttles.text(options.throttles());
        return options.isWithDefaultThrottles() ? asked : asked.isEmpty() ? "none" : "only " + asked;
    }

    private static Object axis(BackfillOptions options) {
        AxisKind axis = options.axis();
        return axis == null ? "auto" : axis.text();
    }

    private static @Nullable AxisKind axis(String text) {
        return switch (text) {
            case "auto" -> null;
            case "key", "block" -> AxisKind.of(text);
            default -> throw new IllegalArgumentException("expected auto, key or block");
        };
    }

    private static String quoted(String value) {
        return value.contains(",") || value.contains("'") || !value.strip().equals(value)
                ? "'" + value.replace("'", "''") + "'"
                : value;
    }

    private static String unquoted(String value) {
        String text = value.strip();
        return text.startsWith("'") ? text.substring(1, text.length() - 1).replace("''", "'") : text;
    }
}
