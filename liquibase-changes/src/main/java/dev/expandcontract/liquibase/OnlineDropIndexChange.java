package dev.expandcontract.liquibase;

import dev.expandcontract.operation.DropIndex;

/** {@code onlineDropIndex}: the attributes are those of {@link DropIndex}. */
public final class OnlineDropIndexChange extends OnlineChange {
    public OnlineDropIndexChange() {
        super(DropIndex.class);
    }
}
