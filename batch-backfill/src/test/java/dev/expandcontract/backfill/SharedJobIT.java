package dev.expandcontract.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SharedJobIT extends BackfillFixture {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    SharedJobIT(TestDatabase database) {
        super(database);
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @RepeatedTest(3)
    void neverChangesARowTwiceHoweverManyRunTheSameJob() throws Exception {
        fill(3000);

        List<BackfillResult> results = together(4, () -> run(addOne()));

        assertEachRowChangedOnce(3000);
        assertThat(results).extracting(BackfillResult::rows).containsOnly(3000L);
        assertThat(results.stream().mapToLong(BackfillResult::rowsNow).sum()).isEqualTo(3000);
        assertThat(results.stream().mapToLong(BackfillResult::batchesNow).sum()).isEqualTo(300);
        assertThat(results)
                .as("shares of the work")
                .filteredOn(result -> result.rowsNow() > 0)
                .hasSizeGreaterThan(1);
    }

    @RepeatedTest(5)
    void startsOnceWhereSeveralCreateTheStateTableTogether() throws Exception {
        fill(10);

        together(6, () -> run(addOne()));

        assertEachRowChangedOnce(10);
        assertThat(count(STATE)).isEqualTo(1);
    }

    @Test
    void letsOneOfTwoDefinitionsWithOneNameThrough() throws Exception {
        fill(30);
        CountDownLatch otherHasEnded = new CountDownLatch(1);
        var patient = new BackfillEngine(STATE_SCHEMA, new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                try {
                    assertThat(otherHasEnded.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Queue<BackfillJob> jobs = new ConcurrentLinkedQueue<>(List.of(addOne(), job(ITEMS, "n = n + 2")));

        List<Optional<Throwable>> ends = together(2, () -> {
            BackfillJob job = jobs.remove();
            try (var connection = database.connect()) {
                return Optional.ofNullable(catchThrowable(() -> patient.run(connection, job)));
            } finally {
                otherHasEnded.countDown();
            }
        });

        assertThat(ends.stream().flatMap(Optional::stream)).singleElement().isInstanceOf(InvalidOperation.class);
        assertThat(database.<Long>value("SELECT count(DISTINCT n) FROM shop.items"))
                .isEqualTo(1);
    }

    /** The one has claimed a range when the other comes with smaller batches, and claims one before the first goes on. */
    @Test
    void keepsARangeFromAnotherRunInTheSameProcess() throws Exception {
        fill(100);
        CountDownLatch firstHasClaimed = new CountDownLatch(1);
        CountDownLatch secondHasClaimed = new CountDownLatch(1);
        CountDownLatch firstHasDone = new CountDownLatch(1);
        var first = new BackfillEngine(STATE_SCHEMA, recorder, PausingTiming.afterClaim(() -> {
            firstHasClaimed.countDown();
            secondHasClaimed.await(20, TimeUnit.SECONDS);
        }));
        var second = new BackfillEngine(STATE_SCHEMA, recorder, PausingTiming.afterClaim(() -> {
            secondHasClaimed.countDown();
            firstHasDone.await(2, TimeUnit.SECONDS);
        }));

        Future<?> one = threads.submit(() -> first.run(database.dataSource()::getConnection, addOne()));
        assertThat(firstHasClaimed.await(20, TimeUnit.SECONDS)).isTrue();
        BackfillJob smaller = addOne().withOptions(batchesOf(3));
        Future<?> other = threads.submit(() -> second.run(database.dataSource()::getConnection, smaller));
        one.get(30, TimeUnit.SECONDS);
        firstHasDone.countDown();
        other.get(30, TimeUnit.SECONDS);

        assertEachRowChangedOnce(100);
    }

    private <T> List<T> together(int number, Callable<T> work) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(number);
        List<Future<T>> futures = IntStream.range(0, number)
                .mapToObj(i -> threads.submit(() -> {
                    barrier.await();
                    return work.call();
                }))
                .toList();
        return futures.stream()
                .map(future -> {
                    try {
                        return future.get();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }
}
