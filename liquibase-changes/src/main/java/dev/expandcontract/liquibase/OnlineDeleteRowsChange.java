package dev.expandcontract.liquibase;

import dev.expandcontract.operation.DeleteRows;

/** {@code onlineDeleteRows}: the attributes are those of {@link DeleteRows}. */
public final class OnlineDeleteRowsChange extends OnlineChange {
    public OnlineDeleteRowsChange() {
        super(DeleteRows.class);
    }
}
