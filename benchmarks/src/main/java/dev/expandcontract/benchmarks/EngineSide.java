package dev.expandcontract.benchmarks;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillEngine;
import dev.expandcontract.backfill.BackfillJob;
import dev.expandcontract.backfill.BackfillOptions;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** This project's engine: the one place that knows how it is called. */
record EngineSide(AxisKind axis, int workers, Speed speed) implements Side {
    enum Speed {
        /** As fast as it can. */
        FULL,
        /** With the throttles that it has by default. */
        GENTLE
    }

    @Override
    public String name() {
        return "engine-%s-%d-%s".formatted(axis, workers, speed).toLowerCase(Locale.ROOT);
    }

    static boolean isNamed(String name) {
        return name.startsWith("engine-");
    }

    static boolean isNamed(String name, Speed speed) {
        return isNamed(name) && name.endsWith(("-" + speed).toLowerCase(Locale.ROOT));
    }

    static boolean isNamed(String name, int workers, Speed speed) {
        return isNamed(name, speed)
                && name.endsWith("-%d-%s".formatted(workers, speed).toLowerCase(Locale.ROOT));
    }

    @Override
    public String description() {
        return "this engine, %s order, %d %s, %s"
                .formatted(
                        axis.text(),
                        workers,
                        workers == 1 ? "worker" : "workers",
                        speed == Speed.FULL ? "full speed" : "default (gentle)");
    }

    @Override
    public Optional<String> hindrance(BenchmarkCase what) {
        return axis == AxisKind.BLOCK || what.hasKey() ? Optional.empty() : Optional.of("needs a key");
    }

    @Override
    public void fill(Database database, BenchmarkCase what) {
        BackfillJob job = BackfillJob.of(name(), QualifiedName.of("public", "item"), new SqlExpression(SET))
                .withCondition(new SqlExpression(CONDITION))
                .withOptions(options());
        new BackfillEngine(new Identifier("public")).run(database::connectAsApplicationsDo, job);
    }

    private BackfillOptions options() {
        return BackfillOptions.defaults().with(options -> {
            options.axis(axis).workers(workers);
            if (speed == Speed.FULL) {
                options.onlyThrottles(List.of());
            }
        });
    }
}
