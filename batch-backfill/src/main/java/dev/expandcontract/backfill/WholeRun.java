package dev.expandcontract.backfill;

import dev.expandcontract.backfill.throttle.Target;
import dev.expandcontract.backfill.throttle.Throttling;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** What one process does for a job, from its opening to its end. */
record WholeRun(
        BackfillJob job,
        StateTable stateTable,
        Jobs jobs,
        BackfillListener listener,
        Timing timing,
        Connections connections) {
    /** For somebody who wants it to run, whatever has become of it. */
    BackfillResult toTheEnd() {
        return opened(opening -> Optional.of(opening.open())).orElseThrow();
    }

    /** For somebody who has seen it wait; empty where it is no longer what it was chosen for, or was deleted. */
    Optional<BackfillResult> ifStill(Predicate<BackfillStatus> wanted) {
        return opened(opening -> opening.openIfStill(wanted));
    }

    private Optional<BackfillResult> opened(PatientOpening.Step<Optional<JobOpening.Opened>> step) {
        return connections.working(job, timing, session -> opened(session, step));
    }

    private Optional<BackfillResult> opened(Session session, PatientOpening.Step<Optional<JobOpening.Opened>> step) {
        var opening = new PatientOpening(job, stateTable, jobs, listener);
        Optional<BackfillResult> finished = opening.on(session, JobOpening::finishedBefore);
        return finished.isPresent() ? finished : opening.on(session, step).map(opened -> worked(session, opened));
    }

    private BackfillResult worked(Session session, JobOpening.Opened opened) {
        var run = new BackfillRun(job, opened.row(), listener, timing);
        run.warnings(opened.warnings());
        run.follows(opened.layout().axis(), opened.axisReason());
        String process = "process %d, run %016x"
                .formatted(
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextLong());
        var workers = new Workers(
                run, session, connections.source(), (its, number) -> worker(run, its, opened, process + " " + number));
        return new StoppingRun(job, jobs, run, workers).toTheEnd();
    }

    private Worker worker(BackfillRun run, Session session, JobOpening.Opened opened, String name) {
        var ranges = new Ranges(stateTable.ranges(), job, name);
        var claims = new Claims(job, jobs, ranges, opened.layout());
        var target = new Target(job.table(), run::pids);
        var throttling = new Throttling(opened.throttles(), target, timing::nanos);
        var slots = new Slots(job.options().maxConcurrentBatches(), timing, run::throttled);
        var batch = new Batch(job, ranges, opened.layout(), throttling, slots);
        var division = new Division(ranges, opened.layout(), batch);
        var brake = new Brake(run, jobs, throttling, slots, new KeyWatch(opened.layout(), timing));
        return new Worker(run, session, claims, batch, division, brake);
    }
}
