package dev.expandcontract.plan;

import dev.expandcontract.backfill.AxisKind;
import dev.expandcontract.backfill.BackfillWork;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlLiteral;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a step does. */
public sealed interface Action {

    /** For people, and for SQL output: the statement, or its nearest equivalent by hand. */
    String sql();

    /**
     * Statements in one short transaction, under the lock policy.
     *
     * @param statements what to execute, one after the other; each may be several if the driver can tell them apart
     */
    record ShortTransaction(String sql, List<String> statements) implements Action {
        public ShortTransaction {
            statements = List.copyOf(statements);
        }

        public ShortTransaction(String sql) {
            this(sql, List.of(sql));
        }
    }

    /**
     * One statement outside any transaction; it may take hours and makes no reader or writer wait.
     *
     * @param cleanUp removes what a failure leaves behind; null where a failure leaves nothing
     * @param madeBy the earlier step that made it: if this run didn't do that step, somebody else did, and it stays; null
     *     where it is made by the statement itself
     */
    record LongStatement(
            String sql, @Nullable Step cleanUp, @Nullable Step madeBy) implements Action {}

    /**
     * Several steps that belong together; each is left out while it is done.
     *
     * @param sql what a person does instead
     */
    record Series(String sql, List<Step> steps) implements Action {
        public Series {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Waits until other sessions are done.
     *
     * @param sql a query for the column {@code pid}: who is still at it
     */
    record Await(String sql) implements Action {}

    /**
     * Waits until a backfill is finished, whoever works on it.
     *
     * @param name of the backfill
     * @param timeout how long at most; null where that is left to the settings
     */
    record AwaitBackfill(String name, @Nullable Duration timeout) implements Action {
        @Override
        public String sql() {
            return "SELECT state FROM expand_contract_backfill WHERE name = " + SqlLiteral.of(name);
        }
    }

    /**
     * Work on rows in batches.
     *
     * @param name of the backfill, by which its progress is found
     * @param table with its schema
     * @param manner how its author wants it done
     */
    record Batches(String name, QualifiedName table, BackfillWork work, Manner manner) implements Action {
        @Override
        public String sql() {
            return work.definition(table);
        }
    }

    /**
     * How batches are to be done, where that is not left to the settings.
     *
     * @param axis the order
     * @param workers from 1 to 64
     * @param speed in percent, from 1 to 100
     * @param mode who does the work
     */
    record Manner(
            @Nullable AxisKind axis,
            @Nullable Integer workers,
            @Nullable Integer speed,
            @Nullable BackfillMode mode) {
        /** @throws IllegalArgumentException if a number is out of its range */
        public Manner {
            inRange("workers", workers, 64);
            inRange("speed", speed, 100);
        }

        private static void inRange(String attribute, @Nullable Integer value, int most) {
            if (value != null && (value < 1 || value > most)) {
                throw new IllegalArgumentException(attribute + " must be from 1 to " + most + ", but is " + value);
            }
        }
    }
}
