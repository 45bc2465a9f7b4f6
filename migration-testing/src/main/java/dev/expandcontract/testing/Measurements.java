package dev.expandcontract.testing;

import dev.expandcontract.testing.Workload.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Adds up what the sessions of a workload felt. */
final class Measurements {
    private static final int KEPT_ERRORS = 100;

    private final List<Throwable> errors = new ArrayList<>();
    private Duration slowest = Duration.ZERO;
    private String slowestApplication = "";
    private long statements;
    private long errorCount;

    synchronized void add(String applicationName, Duration duration, Throwable... failures) {
        statements++;
        waits(applicationName, duration);
        errorCount += failures.length;
        for (Throwable failure : failures) {
            if (errors.size() < KEPT_ERRORS) {
                errors.add(failure);
            }
        }
    }

    synchronized void waits(String applicationName, Duration duration) {
        if (duration.compareTo(slowest) > 0) {
            slowest = duration;
            slowestApplication = applicationName;
        }
    }

    synchronized Report report() {
        return new Report(slowest, slowestApplication, statements, List.copyOf(errors), errorCount);
    }

    synchronized Report reportAndReset() {
        Report report = report();
        slowest = Duration.ZERO;
        slowestApplication = "";
        statements = 0;
        errorCount = 0;
        errors.clear();
        return report;
    }
}
