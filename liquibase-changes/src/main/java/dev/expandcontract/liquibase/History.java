package dev.expandcontract.liquibase;

import dev.expandcontract.run.Host;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.RanChangeSet;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;

/** What Liquibase has recorded, in the names by which the state table knows changeSets. */
final class History {
    private static final String ROLLBACK = "::rollback";

    private final Host host;
    private final Set<String> recorded;

    private History(Host host, Set<String> recorded) {
        this.host = host;
        this.recorded = recorded;
    }

    /** As this database's changelog table has it. */
    static History of(LentConnection lent) throws DatabaseException {
        Database database = lent.database();
        return new History(
                lent.host(),
                database.getRanChangeSetList().stream().map(History::migration).collect(Collectors.toSet()));
    }

    Origin origin(OnlineChange change) {
        ChangeSet changeSet = change.getChangeSet();
        if (changeSet == null) {
            return new Origin(host, "", 0);
        }
        String migration = migration(changeSet.getFilePath(), changeSet.getId(), changeSet.getAuthor());
        return new Origin(host, changeSet.getChanges().contains(change) ? migration : migration + ROLLBACK, 0);
    }

    /**
     * Notes of recorded changeSets, and of rollbacks, don't stand for a later run.
     *
     * @return whether there were any
     */
    boolean tell(Runner runner, Target target) {
        List<String> done = new ArrayList<>();
        for (String migration : runner.unrecorded(target, host)) {
            if (recorded.contains(migration) || migration.endsWith(ROLLBACK)) {
                done.add(migration);
            }
        }
        if (!done.isEmpty()) {
            runner.recorded(target, host, done);
        }
        return !done.isEmpty();
    }

    private static String migration(RanChangeSet ran) {
        return migration(ran.getChangeLog(), ran.getId(), ran.getAuthor());
    }

    private static String migration(String path, String id, String author) {
        return DatabaseChangeLog.normalizePath(path) + "::" + id + "::" + author;
    }
}
