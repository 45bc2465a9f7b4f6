package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.plan.Action;
import dev.expandcontract.plan.DoneWhen;
import dev.expandcontract.plan.Plan;
import dev.expandcontract.plan.Step;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Describe(
        "Waits until a backfill that an earlier migration has registered is finished, and tells its progress meanwhile."
                + " Fails with that when it was cancelled, when rows can't be changed, and when the time is over; run again, it goes on"
                + " waiting. Where no worker is said to be there (expandcontract.backfill.worker), it does itself what nobody is at work"
                + " on, however long that takes.")
public record AwaitBackfill(
        @Describe("by which its progress is found") String backfillName,

        @Describe("how long to wait for others at most; default: lockBudget, which is 10min unless it was set")
        @Nullable
        Duration timeout)
        implements Operation {

    @Override
    public Plan plan(Catalog catalog) {
        Requirements requirements = new Requirements(catalog, "awaitBackfill " + backfillName);
        requirements.require(
                timeout == null || timeout.toMillis() > 0,
                "timeout must be 1ms or longer: leave it out, or make it longer");
        requirements.check();
        return new Plan(
                "awaitBackfill " + backfillName,
                List.of(new Step(
                        "Wait until backfill " + backfillName + " is finished",
                        new Action.AwaitBackfill(backfillName, timeout),
                        List.of(),
                        new DoneWhen.ByItself(),
                        null)));
    }
}
