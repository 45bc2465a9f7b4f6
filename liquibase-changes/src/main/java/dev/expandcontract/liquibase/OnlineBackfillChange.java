package dev.expandcontract.liquibase;

import dev.expandcontract.operation.Backfill;

/** {@code onlineBackfill}: the attributes are those of {@link Backfill}. */
public final class OnlineBackfillChange extends OnlineChange {
    public OnlineBackfillChange() {
        super(Backfill.class);
    }
}
