package dev.expandcontract.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs what a test does at the same time, each on a thread of its own. The common pool is not for that: on two cores it
 * has one thread, and from Java 25 on a second piece of work waits until the first, which may wait for it, is done.
 */
public final class OwnThread {
    static final Executor EACH = work -> {
        Thread thread = new Thread(work, "beside the test");
        thread.setDaemon(true);
        thread.start();
    };

    private OwnThread() {}

    /** Begins the work; the future tells its end, or its exception. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, EACH);
    }

    /** As {@link #run}, with a result. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, EACH);
    }
}
