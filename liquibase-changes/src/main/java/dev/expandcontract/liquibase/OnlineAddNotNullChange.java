package dev.expandcontract.liquibase;

import dev.expandcontract.operation.AddNotNull;

/** {@code onlineAddNotNull}: the attributes are those of {@link AddNotNull}. */
public final class OnlineAddNotNullChange extends OnlineChange {
    public OnlineAddNotNullChange() {
        super(AddNotNull.class);
    }
}
