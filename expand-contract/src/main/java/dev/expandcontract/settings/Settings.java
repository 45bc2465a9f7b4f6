package dev.expandcontract.settings;

import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set, under {@code expandcontract.} in the host's configuration, as a system property, or in the
 * environment.
 *
 * @param isEnabled {@code enabled}: false makes the pack do nothing at all; default true
 * @param schema {@code schema}: where our tables are; default: the host's own schema
 * @param lockTimeout {@code lockTimeout}: how long one try may wait for a lock, and so how long the application may
 *     queue behind it; 1 ms to 1 min; default 1 s, which people hardly notice
 * @param lockBudget {@code lockBudget}: for how long to go on trying; at least the lock timeout, at most 1 d; default
 *     10 min, less than most deployments wait for a start
 * @param backfill {@code backfill.targetTime}: how long one batch should take; 10 ms to 1 min; default 50 ms, so that
 *     nobody notices who waits for one of its rows. All others of {@link BackfillOptions} but the axis likewise, by
 *     their names, where an operation does not say otherwise
 * @param backfillMode {@code backfill.mode}: whether the migration waits for a backfill, where an operation does not say;
 *     default auto
 * @param hasBackfillWorker {@code backfill.worker}: whether another process runs the backfills that migrations register;
 *     default false
 */
public record Settings(
        boolean isEnabled,
        @Nullable String schema,
        Duration lockTimeout,
        Duration lockBudget,
        BackfillOptions backfill,
        BackfillMode backfillMode,
        boolean hasBackfillWorker) {

    /** @throws IllegalArgumentException if a duration is out of its range */
    public Settings {
        inRange("lockTimeout", lockTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        inRange("lockBudget", lockBudget, lockTimeout, Duration.ofDays(1));
        inRange("backfill.targetTime", backfill.targetTime(), Duration.ofMillis(10), Duration.ofMinutes(1));
    }

    public static Settings defaults() {
        return new Settings(
                true,
                null,
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                BackfillOptions.defaults(),
                BackfillMode.AUTO,
                false);
    }

    public Settings withLockPolicy(Duration timeout, Duration budget) {
        return new Settings(isEnabled, schema, timeout, budget, backfill, backfillMode, hasBackfillWorker);
    }

    /** @param hasWorker whether another process runs registered backfills */
    public Settings withBackfills(BackfillMode mode, boolean hasWorker) {
        return new Settings(isEnabled, schema, lockTimeout, lockBudget, backfill, mode, hasWorker);
    }

    private static void inRange(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("%s is %s; it must be from %s to %s"
                    .formatted(
                            name,
                            DurationText.rounded(value),
                            DurationText.rounded(least),
                            DurationText.rounded(most)));
        }
    }
}
