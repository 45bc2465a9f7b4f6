package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** When what has failed is to be tried again: after a pause that doubles each time, up to the longest. */
final class Retries {
    private final Timing timing;
    private final Duration first;
    private final Duration longest;
    private final Map<String, Retry> retries = new HashMap<>();

    private record Retry(long since, Duration pause) {}

    Retries(Timing timing, Duration first, Duration longest) {
        this.timing = timing;
        this.first = first;
        this.longest = longest;
    }

    boolean isDue(String name) {
        Retry retry = retries.get(name);
        return retry == null || timing.since(retry.since()).compareTo(retry.pause()) >= 0;
    }

    void succeeded(String name) {
        retries.remove(name);
    }

    /** @return the pause until then */
    Duration failed(String name) {
        Retry before = retries.get(name);
        Duration doubled = before == null ? first : before.pause().multipliedBy(2);
        Duration pause = doubled.compareTo(longest) < 0 ? doubled : longest;
        retries.put(name, new Retry(timing.nanos(), pause));
        return pause;
    }
}
