package dev.expandcontract.backfill;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.TestDatabase;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run of the job {@code job} in a JVM of its own, perhaps to be killed. */
final class ChildRunner {
    private static final String STARTED = "has begun";

    private ChildRunner() {}

    /** What the child is told, as arguments of its main method. */
    record Task(
            AxisKind axis,
            String set,
            @Nullable String condition,
            int batchSize,
            Duration lease,
            int workers,
            int megabytes) {
        List<String> arguments(TestDatabase database) {
            return List.of(
                    database.url(),
                    database.user(),
                    database.password(),
                    axis.name(),
                    set,
                    condition == null ? "" : condition,
                    String.valueOf(batchSize),
                    String.valueOf(lease.toMillis()),
                    String.valueOf(workers));
        }

        BackfillJob job() {
            BackfillOptions options = BackfillFixture.batchesOf(batchSize)
                    .with(o -> o.axis(axis).workers(workers).lease(lease).lockTimeout(Duration.ofMillis(500)));
            BackfillJob job = BackfillJob.of("job", BackfillFixture.ITEMS, new SqlExpression(set))
                    .withOptions(options);
            return condition == null ? job : job.withCondition(new SqlExpression(condition));
        }
    }

    public static void main(String[] arguments) {
        var task = new Task(
                AxisKind.valueOf(arguments[3]),
                arguments[4],
                arguments[5].isEmpty() ? null : arguments[5],
                Integer.parseInt(arguments[6]),
                Duration.ofMillis(Long.parseLong(arguments[7])),
                Integer.parseInt(arguments[8]),
                0);
        var engine = new BackfillEngine(BackfillFixture.STATE_SCHEMA, new BackfillListener() {
            @Override
            public void started(BackfillStatus status) {
                System.out.println(STARTED);
            }
        });
        BackfillResult result =
                engine.run(() -> DriverManager.getConnection(arguments[0], arguments[1], arguments[2]), task.job());
        System.out.println("rows: " + result.rowsNow());
    }

    static ChildJvm start(TestDatabase database, Task task) {
        return ChildJvm.start(
                List.of("-Xmx" + task.megabytes() + "m"),
                ChildRunner.class,
                task.arguments(database).toArray(String[]::new));
    }

    static void awaitStart(ChildJvm child) {
        child.awaitLine(STARTED, Duration.ofMinutes(1));
    }

    /** Of a child that has ended by itself. */
    static long rows(ChildJvm child) {
        child.expectSuccess();
        return Long.parseLong(child.awaitLine("^rows: ", Duration.ofSeconds(1)).substring("rows: ".length()));
    }
}
