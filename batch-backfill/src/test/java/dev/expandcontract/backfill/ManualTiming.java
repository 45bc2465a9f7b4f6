package dev.expandcontract.backfill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only when somebody sleeps, or at every look. */
class ManualTiming implements Timing {
    final List<Duration> pauses = new ArrayList<>();
    private final Duration perLook;
    private long now;

    ManualTiming() {
        this(Duration.ZERO);
    }

    ManualTiming(Duration perLook) {
        this.perLook = perLook;
    }

    @Override
    public long nanos() {
        now += perLook.toNanos();
        return now;
    }

    @Override
    public void sleep(Duration time) {
        pauses.add(time);
        now += time.toNanos();
    }

    @Override
    public double random() {
        return 0;
    }
}
