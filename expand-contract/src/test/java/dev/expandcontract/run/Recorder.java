package dev.expandcontract.run;

import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what the runner told. */
public final class Recorder implements RunListener {
    public final List<String> done = new CopyOnWriteArrayList<>();
    public final List<LockWait> lockWaits = new CopyOnWriteArrayList<>();
    public final List<String> progress = new CopyOnWriteArrayList<>();
    public final List<String> warnings = new CopyOnWriteArrayList<>();

    @Override
    public void planned(Plan plan) {
        warnings.addAll(plan.warnings());
    }

    @Override
    public void stepDone(Plan plan, Step step, Duration time) {
        done.add(step.description());
    }

    @Override
    public void lockWait(LockWait wait) {
        lockWaits.add(wait);
    }

    @Override
    public void progress(String text) {
        progress.add(text);
    }

    @Override
    public void warning(String text) {
        warnings.add(text);
    }
}
