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
        String who = user.isEmpty()
                ? ""
                : (application.isEmpty() ? "no application_name" : application) + ", user " + user + ", ";
        return "pid %d (%s%s, transaction open for %d s): %s".formatted(pid, who, state, age.toSeconds(), query);
    }
}
