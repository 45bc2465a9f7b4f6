package dev.expandcontract.liquibase;

import dev.expandcontract.operation.Sql;

/** {@code onlineSql}: the attributes are those of {@link Sql}. */
public final class OnlineSqlChange extends OnlineChange {
    public OnlineSqlChange() {
        super(Sql.class);
    }
}
