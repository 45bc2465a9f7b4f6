package dev.expandcontract.backfill.throttle;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a throttle's limits must be; all that is wrong is told at once. */
final class Requirements {
    private final String throttle;
    private final List<String> problems = new ArrayList<>();

    private Requirements(String throttle) {
        this.throttle = throttle;
    }

    static Requirements of(String throttle) {
        return new Requirements(throttle);
    }

    Requirements that(boolean met, String otherwise) {
        if (!met) {
            problems.add(otherwise);
        }
        return this;
    }

    /** A size of some meaning: less than a kilobyte is a slip of the pen. */
    Requirements size(String name, long bytes) {
        return that(bytes >= 1024, "its %s must be at least 1kB: %s".formatted(name, Bytes.exact(bytes)));
    }

    /** The signal is read once in a second, so that a limit below that says nothing. */
    Requirements time(String name, Duration time) {
        return that(
                time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(Duration.ofDays(1)) <= 0,
                "its %s must be from 1s to 1d: %s".formatted(name, DurationText.of(time)));
    }

    /** @throws ConfigurationProblem if something is not met */
    void check() {
        if (!problems.isEmpty()) {
            throw new ConfigurationProblem("throttle " + throttle + ": " + String.join("; ", problems));
        }
    }
}
