package dev.expandcontract.error;

import java.time.Duration;

/**
 * A session that holds what we need.
 *
 * @param age since its transaction began
 * @param query its current or last statement, shortened to 200 characters
 */
public record Blocker(int pid, String application, String user, String state, Duration age, String query) {
    @Override
    public String toString() {
        return "pid %d (%s, user %s, %s, transaction open for %d s): %s"
                .formatted(
                        pid,
                        application.isEmpty() ? "no application_name" : application,
                        user,
                        state,
                        age.toSeconds(),
                        query);
    }
}
