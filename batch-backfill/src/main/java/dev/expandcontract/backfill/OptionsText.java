package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Throttles;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final List<Option> ALL = List.of(
            Option.duration("targetTime", o -> o.targetTime(), (b, v) -> b.targetTime(v)),
            Option.number("firstBatchSize", o -> o.firstBatchSize(), (b, v) -> b.firstBatchSize(v)),
            Option.number("minBatchSize", o -> o.minBatchSize(), (b, v) -> b.minBatchSize(v)),
            Option.number("maxBatchSize", o -> o.maxBatchSize(), (b, v) -> b.maxBatchSize(v)),
            Option.duration("lockTimeout", o -> o.lockTimeout(), (b, v) -> b.lockTimeout(v)),
            Option.duration("lockBudget", o -> o.lockBudget(), (b, v) -> b.lockBudget(v)),
            Option.duration("batchTimeout", o -> o.batchTimeout(), (b, v) -> b.batchTimeout(v)),
            new Option("axis", o -> axis(o.axis()), (b, v) -> b.axis(axis(v))),
            Option.number("workers", o -> o.workers(), (b, v) -> b.workers(v)),
            Option.number("speed", o -> o.speed(), (b, v) -> b.speed(v)),
            new Option(
                    "maxConcurrentBatches",
                    o -> unlimited(o.maxConcurrentBatches()),
                    (b, v) -> b.maxConcurrentBatches(v.isEmpty() ? null : Option.wholeNumber(v))),
            Option.duration("lease", o -> o.lease(), (b, v) -> b.lease(v)),
            Option.duration("reconnectBudget", o -> o.reconnectBudget(), (b, v) -> b.reconnectBudget(v)),
            Option.number("maxFailures", o -> o.maxFailures(), (b, v) -> b.maxFailures(v)),
            new Option("throttles", OptionsText::throttles, (b, v) -> b.throttles(v)));

    private OptionsText() {}

    /** An option, how it is written and how it is read. */
    private record Option(
            String key, Function<BackfillOptions, String> text, BiConsumer<BackfillOptionsBuilder, String> reader) {
        static Option duration(
                String key,
                Function<BackfillOptions, Duration> value,
                BiConsumer<BackfillOptionsBuilder, Duration> setter) {
            return new Option(
                    key,
                    options -> DurationText.of(value.apply(options)),
                    (builder, text) -> setter.accept(builder, DurationText.parse(text)));
        }

        static Option number(
                String key,
                Function<BackfillOptions, Integer> value,
                BiConsumer<BackfillOptionsBuilder, Integer> setter) {
            return new Option(
                    key,
                    options -> value.apply(options).toString(),
                    (builder, text) -> setter.accept(builder, wholeNumber(text)));
        }

        private static Integer wholeNumber(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected a whole number but found \"" + text + "\"", e);
            }
        }
    }

    /** The names of all options. */
    public static List<String> keys() {
        return ALL.stream().map(Option::key).toList();
    }

    /**
     * Sets one option.
     *
     * @throws IllegalArgumentException if the text can't be read, or there is no such option
     */
    public static void set(BackfillOptionsBuilder builder, String key, String text) {
        ALL.stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown option " + key))
                .reader()
                .accept(builder, text);
    }

    /** What differs from the defaults; empty if nothing does. */
    public static String of(BackfillOptions options) {
        return ALL.stream()
                .filter(option ->
                        !option.text().apply(options).equals(option.text().apply(BackfillOptions.defaults())))
                .map(option -> option.key() + "=" + quoted(option.text().apply(options)))
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

    private static String unlimited(@Nullable Integer number) {
        return number == null ? "" : number.toString();
    }

    private static String throttles(BackfillOptions options) {
        String asked = Throttles.text(options.throttles());
        return options.isWithDefaultThrottles() ? asked : asked.isEmpty() ? "none" : "only " + asked;
    }

    private static void apply(BackfillOptionsBuilder builder, Option option, String value, List<String> problems) {
        try {
            option.reader().accept(builder, value);
        } catch (IllegalArgumentException | ConfigurationProblem e) {
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
        ALL.stream()
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

    private static String axis(@Nullable AxisKind axis) {
        return axis == null ? "auto" : axis.text();
    }

    private static @Nullable AxisKind axis(String text) {
        return switch (text) {
            case "auto" -> null;
            case "key", "block" -> AxisKind.of(text);
            default -> throw new IllegalArgumentException("expected auto, key or block but found \"" + text + "\"");
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
