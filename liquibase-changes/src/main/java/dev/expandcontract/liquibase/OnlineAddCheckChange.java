package dev.expandcontract.liquibase;

import dev.expandcontract.operation.AddCheck;

/** {@code onlineAddCheck}: the attributes are those of {@link AddCheck}. */
public final class OnlineAddCheckChange extends OnlineChange {
    public OnlineAddCheckChange() {
        super(AddCheck.class);
    }
}
