package dev.expandcontract.backfill.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** When the server's write-ahead log had come how far: positions in bytes, each with the time at which it was seen. */
final class WalHistory {
    private static final int MOST = 1_000;

    private record Sample(long position, long nanos) {}

    private List<Sample> samples = new ArrayList<>();

    void add(long position, long nanos) {
        if (samples.isEmpty() || position > samples.get(samples.size() - 1).position()) {
            samples.add(new Sample(position, nanos));
        }
        if (samples.size() > MOST) {
            thin();
        }
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

    /** The oldest stays: it is the one that is asked for when a replica stands still. */
    private void thin() {
        List<Sample> kept = new ArrayList<>();
        for (int i = 0; i < samples.size(); i += 2) {
            kept.add(samples.get(i));
        }
        samples = kept;
    }
}
