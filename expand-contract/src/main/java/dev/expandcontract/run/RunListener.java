package dev.expandcontract.run;

import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import java.time.Duration;
import java.util.function.Consumer;

/** Is told what the runner does. Every method does nothing unless overridden. */
public interface RunListener {

    /** An operation begins. */
    default void planned(Plan plan) {}

    default void stepStarted(Plan plan, Step step) {}

    /** The step was done already. */
    default void stepSkipped(Plan plan, Step step) {}

    default void stepDone(Plan plan, Step step, Duration time) {}

    default void lockWait(LockWait wait) {}

    /** A long step goes on; at most every 10 s. */
    default void progress(String text) {}

    default void warning(String text) {}

    default void done(Plan plan, Duration time) {}

    /** A listener that writes lines to a log. */
    static RunListener writingTo(Consumer<String> info, Consumer<String> warn, Consumer<String> debug) {
        return new LineListener(info, warn, debug);
    }
}
