package dev.expandcontract.run;

import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import dev.expandcontract.sql.DurationText;
import java.time.Duration;
import java.util.function.Consumer;

/** Puts what happens into lines. */
record LineListener(Consumer<String> info, Consumer<String> warn, Consumer<String> debug) implements RunListener {
    @Override
    public void planned(Plan plan) {
        info.accept(plan.subject());
        plan.warnings().forEach(this::warning);
    }

    @Override
    public void stepStarted(Plan plan, Step step) {
        info.accept("  " + step.description() + " (lock: " + step.lockText() + ")");
        debug.accept(step.action().sql());
    }

    @Override
    public void stepSkipped(Plan plan, Step step) {
        debug.accept("  nothing to do: " + step.description());
    }

    @Override
    public void stepDone(Plan plan, Step step, Duration time) {
        info.accept("  done in " + DurationText.rounded(time));
    }

    @Override
    public void lockWait(LockWait wait) {
        warn.accept("  " + wait);
    }

    @Override
    public void progress(String text) {
        info.accept("  " + text);
    }

    @Override
    public void warning(String text) {
        warn.accept("  " + text);
    }

    @Override
    public void done(Plan plan, Duration time) {
        info.accept(plan.subject() + " done in " + DurationText.rounded(time));
    }
}
