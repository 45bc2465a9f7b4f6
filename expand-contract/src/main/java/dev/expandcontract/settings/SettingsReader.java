package dev.expandcontract.settings;

import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.backfill.BackfillOptionsBuilder;
import dev.expandcontract.backfill.OptionsText;
import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads {@link Settings}: a system property wins over the environment, and that over the host's configuration. */
public final class SettingsReader {
    public static final String PREFIX = "expandcontract.";

    private static final String BACKFILL = "backfill.";

    /** All but the axis: which one will do depends on the operation. */
    private static final List<String> BACKFILL_OPTIONS =
            OptionsText.keys().stream().filter(key -> !key.equals("axis")).toList();

    private static final List<String> KEYS = Stream.of(
                    Stream.of("enabled", "schema", "lockTimeout", "lockBudget"),
                    BACKFILL_OPTIONS.stream().map(BACKFILL::concat),
                    Stream.of("backfill.mode", "backfill.worker"))
            .flatMap(Function.identity())
            .toList();

    private final Map<String, String> values = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private SettingsReader() {}

    /** All keys, without their prefix. */
    public static List<String> keys() {
        return KEYS;
    }

    /**
     * Reads the settings of this process.
     *
     * @param host the host's configuration; keys that don't begin with {@code expandcontract.} are not ours
     * @throws ConfigurationProblem with every unknown key and every value that can't be read
     */
    public static Settings read(Map<String, String> host) {
        Map<String, String> system = new LinkedHashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> system.put(name, System.getProperty(name)));
        return read(host, System.getenv(), system);
    }

    static Settings read(Map<String, String> host, Map<String, String> environment, Map<String, String> system) {
        SettingsReader reader = new SettingsReader();
        reader.add(host);
        reader.add(environment);
        reader.add(system);
        return reader.settings();
    }

    private void add(Map<String, String> source) {
        source.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(PREFIX) || lower.startsWith("expandcontract_")) {
                String written = name.substring(PREFIX.length());
                Optional<String> key = KEYS.stream()
                        .filter(k -> plain(k).equals(plain(written)))
                        .findFirst();
                key.ifPresentOrElse(
                        k -> values.put(k, value),
                        () -> problems.add("unknown setting " + name + Suggestion.forName(written, KEYS)));
            }
        });
    }

    private Settings settings() {
        Settings defaults = Settings.defaults();
        try {
            Settings settings = new Settings(
                    value("enabled", SettingsReader::bool).orElse(defaults.isEnabled()),
                    values.get("schema"),
                    value("lockTimeout", DurationText::parse).orElse(defaults.lockTimeout()),
                    value("lockBudget", DurationText::parse).orElse(defaults.lockBudget()),
                    backfill(),
                    value("backfill.mode", BackfillMode::of).orElse(defaults.backfillMode()),
                    value("backfill.worker", SettingsReader::bool).orElse(defaults.hasBackfillWorker()));
            if (problems.isEmpty()) {
                return settings;
            }
        } catch (IllegalArgumentException | ConfigurationProblem e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        throw new ConfigurationProblem(
                "Settings of expandcontract (nothing was executed):\n  - " + String.join("\n  - ", problems));
    }

    private BackfillOptions backfill() {
        return BackfillOptions.defaults()
                .with(options ->
                        BACKFILL_OPTIONS.forEach(key -> value(BACKFILL + key, text -> set(options, key, text))));
    }

    private static String set(BackfillOptionsBuilder options, String key, String text) {
        if (key.equals("targetTime")) {
            options.batchTimeout(batchTimeout(DurationText.parse(text)));
        }
        OptionsText.set(options, key, text);
        return text;
    }

    /** Where none is set: long enough that a batch is cancelled only when it takes far longer than it should. */
    private static Duration batchTimeout(Duration targetTime) {
        Duration usual = BackfillOptions.defaults().batchTimeout();
        Duration longer = targetTime.multipliedBy(4);
        return longer.compareTo(usual) > 0 ? longer : usual;
    }

    private <T> Optional<T> value(String key, Function<String, T> parser) {
        String text = values.get(key);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException | ConfigurationProblem e) {
            problems.add(key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Boolean bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false but found " + text);
        };
    }

    private static String plain(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}
