package dev.expandcontract.liquibase;

import dev.expandcontract.run.StateTables;
import dev.expandcontract.settings.Settings;
import java.util.List;
import liquibase.database.Database;
import liquibase.database.LiquibaseTableNames;
import liquibase.database.core.PostgresDatabase;

/** Keeps our tables out of snapshots and diffs. Liquibase asks from 4.27 on; older versions don't know the question. */
public final class StateTableNames implements LiquibaseTableNames {
    @Override
    public List<String> getLiquibaseGeneratedTableNames(Database database) {
        return database instanceof PostgresDatabase ? StateTables.names() : List.of();
    }

    /** With Liquibase's own tables, when everything is dropped. */
    @Override
    public void destroy(Database database) {
        if (!(database instanceof PostgresDatabase) || !LentConnection.isLive(database)) {
            return;
        }
        Settings settings = LiquibaseSettings.read();
        if (settings.isEnabled()) {
            try (LentConnection lent = LentConnection.of(database)) {
                StateTables.drop(lent.connection(), lent.target(settings).stateSchema());
            }
        }
    }

    @Override
    public int getOrder() {
        return 1000;
    }
}
