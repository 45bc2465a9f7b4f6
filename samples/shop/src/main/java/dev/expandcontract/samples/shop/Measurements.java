package dev.expandcontract.samples.shop;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What the sessions feel between one mark and the next. Of a statement that began before the mark only the time since then
 * counts, and a statement that still waits counts with the time it has waited: so each operation answers for its own.
 */
final class Measurements {
    private final Map<Object, Long> running = new HashMap<>();
    private final LongSupplier nanoTime;
    private long mark;
    private long slowest;
    private long statements;
    private long errors;
    private long allErrors;
    private String firstError = "";

    Measurements(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.mark = nanoTime.getAsLong();
    }

    synchronized void began(Object session) {
        running.put(session, nanoTime.getAsLong());
    }

    synchronized void ended(Object session) {
        Long begin = running.remove(session);
        if (begin != null) {
            statements++;
            slowest = Math.max(slowest, sinceMark(begin));
        }
    }

    synchronized void failed(Object session, Exception error) {
        errors++;
        allErrors++;
        if (firstError.isEmpty()) {
            firstError = session + ": " + error.getMessage();
        }
    }

    synchronized long statements() {
        return statements;
    }

    /** Since the start, also those that no operation answers for. */
    synchronized long allErrors() {
        return allErrors;
    }

    /** What was felt since the mark before, under the name of what went on; the mark is now here. */
    synchronized Row mark(String operation) {
        running.values().forEach(begin -> slowest = Math.max(slowest, sinceMark(begin)));
        long now = nanoTime.getAsLong();
        Row row = new Row(operation, Duration.ofNanos(now - mark), Duration.ofNanos(slowest), errors, firstError);
        mark = now;
        slowest = 0;
        statements = 0;
        errors = 0;
        firstError = "";
        return row;
    }

    private long sinceMark(long begin) {
        return nanoTime.getAsLong() - Math.max(begin, mark);
    }
}
