package dev.expandcontract.backfill.throttle;

import dev.expandcontract.error.ConfigurationProblem;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Every kind of throttle there is, and how it is written. */
enum Kind {
    REPLICA_LAG(ReplicaLagThrottle.NAME, "10s,256MB", ReplicaLagThrottle::parse),
    SLOT_RETENTION(SlotRetentionThrottle.NAME, "10GB", SlotRetentionThrottle::parse),
    WAL_RATE(WalRateThrottle.NAME, "20MB/s", WalRateThrottle::parse),
    DEAD_ROWS(DeadRowsThrottle.NAME, "30%,100000", DeadRowsThrottle::parse),
    ACTIVE_SESSIONS(ActiveSessionsThrottle.NAME, "40", ActiveSessionsThrottle::parse),
    BLOCKED_SESSIONS(BlockedSessionsThrottle.NAME, "5", BlockedSessionsThrottle::parse),
    TIME_WINDOW(TimeWindowThrottle.NAME, "22:00-06:00 Europe/Berlin", TimeWindowThrottle::parse),
    SQL(SqlThrottle.NAME, "SELECT count(*) < 10 FROM queue", SqlThrottle::new);

    private final String text;
    private final String example;

    @SuppressWarnings("ImmutableEnumChecker") // the readers keep nothing
    private final Function<String, Throttle> reader;

    Kind(String text, String example, Function<String, Throttle> reader) {
        this.text = text;
        this.example = example;
        this.reader = reader;
    }

    static Optional<Kind> named(String name) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(name)).findFirst();
    }

    /** As it is written before the equals sign. */
    String text() {
        return text;
    }

    String example() {
        return text + "=" + example;
    }

    /** @throws ConfigurationProblem if the limits are not written as they should be, or mean nothing */
    Throttle read(String value) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(
                    "throttle %s=%s: %s; write it like %s".formatted(text, value, e.getMessage(), example()), e);
        }
    }
}
