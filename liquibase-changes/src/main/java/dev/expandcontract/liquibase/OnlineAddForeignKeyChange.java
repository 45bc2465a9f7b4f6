package dev.expandcontract.liquibase;

import dev.expandcontract.operation.AddForeignKey;

/** {@code onlineAddForeignKey}: the attributes are those of {@link AddForeignKey}. */
public final class OnlineAddForeignKeyChange extends OnlineChange {
    public OnlineAddForeignKeyChange() {
        super(AddForeignKey.class);
    }
}
