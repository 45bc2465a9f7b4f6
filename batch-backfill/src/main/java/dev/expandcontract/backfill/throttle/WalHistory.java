package dev.expandcontract.backfill.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** When the server's write-ahead log had come how far: positions in bytes, each with the time at which it was seen. */
final class WalHistory {
    /** Of the time that it goes back: no age is wrong by more, and a day's looks come to some thousands of samples. */
    private static final int RESOLUTION = 1_000;

    private record Sample(long position, long nanos) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    void add(long position, long nanos) {
        Sample last = samples.peekLast();
        if (last == null || (position > last.position() && nanos - last.nanos() >= spacing(nanos))) {
            samples.addLast(new Sample(position, nanos));
        }
    }

    private long spacing(long nanos) {
        return (nanos - samples.getFirst().nanos()) / RESOLUTION;
    }

    /** How long, at least, the log has been longer than this position; zero if it is not known to be. */
    Duration ageOfFirstAfter(long position, long nanos) {
        return samples.stream()
                .filter(sample -> sample.position() > position)
                .findFirst()
                .map(sample -> Duration.ofNanos(nanos - sample.nanos()))
                .orElse(Duration.ZERO);
    }

    /** Nobody will ask for these positions any more. */
    void forgetUpTo(long position) {
        samples.removeIf(sample -> sample.position() <= position);
    }

    int size() {
        return samples.size();
    }
}
