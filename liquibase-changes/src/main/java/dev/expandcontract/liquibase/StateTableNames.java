package dev.expandcontract.liquibase;

import dev.expandcontract.run.StateTables;
import java.util.List;
import liquibase.database.Database;
import liquibase.database.LiquibaseTableNames;

/** Keeps our tables out of snapshots and diffs. Liquibase asks from 4.27 on; older versions don't know the question. */
public final class StateTableNames implements LiquibaseTableNames {
    @Override
    public List<String> getLiquibaseGeneratedTableNames(Database database) {
        return StateTables.names();
    }

    /** With Liquibase's own tables, when everything is dropped. */
    @Override
    public void destroy(Database database) {
        if (LentConnection.isLive(database)) {
            try (LentConnection lent = LentConnection.of(database)) {
                StateTables.drop(
                        lent.connection(), lent.target(LiquibaseSettings.read()).stateSchema());
            }
        }
    }

    @Override
    public int getOrder() {
        return 1000;
    }
}
