package dev.expandcontract.backfill.cli;

import dev.expandcontract.backfill.BackfillFailure;
import dev.expandcontract.backfill.BackfillOutcome;
import dev.expandcontract.backfill.BackfillRange;
import dev.expandcontract.backfill.BackfillResult;
import dev.expandcontract.backfill.BackfillStatus;
import dev.expandcontract.error.ExpandContractException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What commands tell, for programs: names as in the Java API, times as ISO 8601, durations in seconds. */
final class Json {
    private Json() {}

    static Map<String, @Nullable Object> of(BackfillStatus status) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", status.name());
        json.put("table", status.table().sql());
        json.put("state", status.state().text());
        json.put("origin", status.origin());
        json.put("axis", text(status.axis()));
        json.put("phase", text(status.phase()));
        json.put("pass", status.pass());
        json.put("percent", status.percent().isPresent() ? status.percent().getAsDouble() : null);
        json.put("rowsDone", status.rowsDone());
        json.put("rowsPassed", status.rowsPassed());
        json.put("rowsFailed", status.rowsFailed());
        json.put("rowsRemaining", status.rowsRemaining());
        json.put("rowsEstimated", status.rowsEstimated());
        json.put("rowsPerSecond", status.rowsPerSecond());
        Duration left = status.remaining();
        json.put("secondsLeft", left == null ? null : left.toSeconds());
        json.put("batches", status.batches());
        json.put("batchSize", status.batchSize());
        json.put("keyColumns", status.keyColumns());
        json.put("frontier", status.frontier());
        json.put("speed", status.speed());
        json.put("throttle", status.throttle());
        json.put("startedAt", status.startedAt().toString());
        json.put("heartbeatAt", status.heartbeatAt().toString());
        json.put("finishedAt", text(status.finishedAt()));
        json.put("error", status.error());
        return json;
    }

    static Map<String, @Nullable Object> of(BackfillRange range) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("table", range.table());
        json.put("after", range.after());
        json.put("upTo", range.upTo());
        json.put("rowsAsked", range.rowsAsked());
        json.put("state", range.state().text());
        json.put("worker", range.worker());
        json.put("dueAt", range.dueAt().toString());
        json.put("tries", range.tries());
        json.put("lockedSince", text(range.lockedSince()));
        return json;
    }

    static Map<String, @Nullable Object> ofFailures(List<BackfillFailure> failures, long all) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("rowsFailed", all);
        json.put("failures", failures.stream().map(Json::of).toList());
        return json;
    }

    private static Map<String, @Nullable Object> of(BackfillFailure failure) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("table", failure.table());
        json.put("row", failure.row());
        json.put("error", failure.error());
        return json;
    }

    static Map<String, @Nullable Object> of(BackfillResult result) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", result.name());
        json.put("table", result.table().sql());
        json.put("state", result.state().text());
        json.put("phase", text(result.phase()));
        json.put("rows", result.rows());
        json.put("rowsFailed", result.rowsFailed());
        json.put("rowsRemaining", result.rowsRemaining());
        json.put("rowsNow", result.rowsNow());
        json.put("batchesNow", result.batchesNow());
        json.put("seconds", result.duration().toMillis() / 1000.0);
        return json;
    }

    static Map<String, @Nullable Object> of(BackfillOutcome outcome) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", outcome.name());
        BackfillResult result = outcome.result();
        if (result != null) {
            json.putAll(of(result));
        }
        ExpandContractException failure = outcome.failure();
        json.put("error", failure == null ? null : failure.getMessage());
        return json;
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
