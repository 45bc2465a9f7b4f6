package dev.expandcontract.flyway;

import dev.expandcontract.run.RunListener;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogFactory;

/** Writes what happens to Flyway's log. */
final class FlywayLog {
    private FlywayLog() {}

    /** Flyway says which script it migrates only after the callbacks before it, and so after all that we do. */
    static void runningOnline(Script script) {
        LogFactory.getLog(FlywayLog.class).info("Running " + script.name() + " online");
    }

    static void warn(String message) {
        LogFactory.getLog(FlywayLog.class).warn(message);
    }

    static void debug(String message) {
        LogFactory.getLog(FlywayLog.class).debug(message);
    }

    static RunListener listener() {
        Log log = LogFactory.getLog(FlywayLog.class);
        return RunListener.writingTo(log::info, log::warn, log::debug);
    }
}
