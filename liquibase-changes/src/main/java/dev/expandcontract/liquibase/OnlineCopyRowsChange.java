package dev.expandcontract.liquibase;

import dev.expandcontract.operation.CopyRows;

/** {@code onlineCopyRows}: the attributes are those of {@link CopyRows}. */
public final class OnlineCopyRowsChange extends OnlineChange {
    public OnlineCopyRowsChange() {
        super(CopyRows.class);
    }
}
