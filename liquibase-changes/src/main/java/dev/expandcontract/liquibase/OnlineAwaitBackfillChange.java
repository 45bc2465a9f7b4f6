package dev.expandcontract.liquibase;

import dev.expandcontract.operation.AwaitBackfill;

/** {@code onlineAwaitBackfill}: the attributes are those of {@link AwaitBackfill}. */
public final class OnlineAwaitBackfillChange extends OnlineChange {
    public OnlineAwaitBackfillChange() {
        super(AwaitBackfill.class);
    }
}
