package dev.expandcontract.liquibase;

import dev.expandcontract.operation.CreateIndex;

/** {@code onlineCreateIndex}: the attributes are those of {@link CreateIndex}. */
public final class OnlineCreateIndexChange extends OnlineChange {
    public OnlineCreateIndexChange() {
        super(CreateIndex.class);
    }
}
