package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

final class Recorder implements BackfillListener {
    final List<BackfillStatus> starts = new CopyOnWriteArrayList<>();
    final List<BackfillStatus> progress = new CopyOnWriteArrayList<>();
    final List<String> throttles = new CopyOnWriteArrayList<>();
    final List<BackfillWait> waits = new CopyOnWriteArrayList<>();
    final List<BackfillResult> results = new CopyOnWriteArrayList<>();

    final List<String> failedRows = new CopyOnWriteArrayList<>();
    final List<String> warnings = new CopyOnWriteArrayList<>();

    final List<String> follows = new CopyOnWriteArrayList<>();
    final List<String> disconnections = new CopyOnWriteArrayList<>();

    @Override
    public void disconnected(String name, String reason, Duration pause) {
        disconnections.add(reason);
    }

    @Override
    public void follows(String name, String axis, String reason) {
        follows.add(axis + ": " + reason);
    }

    @Override
    public void started(BackfillStatus status) {
        starts.add(status);
    }

    @Override
    public void progress(BackfillStatus status) {
        progress.add(status);
    }

    @Override
    public void throttled(String name, String reason) {
        throttles.add(reason);
    }

    @Override
    public void waiting(BackfillWait wait) {
        waits.add(wait);
    }

    @Override
    public void failedRow(String name, QualifiedName table, String what) {
        failedRows.add(what);
    }

    @Override
    public void warning(String name, String what) {
        warnings.add(what);
    }

    @Override
    public void finished(BackfillResult result) {
        results.add(result);
    }
}
