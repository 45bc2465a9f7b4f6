package dev.expandcontract.backfill;

import java.time.Duration;

/** Real time, but for one pause at a certain step of the first batch. */
final class PausingTiming implements Timing {
    private final Pause pause;
    private int looksBefore;

    @FunctionalInterface
    interface Pause {
        void await() throws InterruptedException;
    }

    private PausingTiming(Pause pause, int looksBefore) {
        this.pause = pause;
        this.looksBefore = looksBefore;
    }

    /** Between the claim of a range and the transaction that works on it. */
    static PausingTiming afterClaim(Pause pause) {
        return new PausingTiming(pause, 0);
    }

    /** Inside that transaction, before any row is changed. */
    static PausingTiming insideBatch(Pause pause) {
        return new PausingTiming(pause, 1);
    }

    @Override
    public long nanos() {
        if (looksBefore >= 0 && isCalledBy(Batch.class) && looksBefore-- == 0) {
            try {
                pause.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return System.nanoTime();
    }

    private static boolean isCalledBy(Class<?> type) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(type.getName())));
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    @Override
    public double random() {
        return 0;
    }
}
