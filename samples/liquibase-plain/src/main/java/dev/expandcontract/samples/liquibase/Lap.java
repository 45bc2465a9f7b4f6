package dev.expandcontract.samples.liquibase;

import dev.expandcontract.samples.shop.MigrationTool.Progress;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;

/** Tells when each changeSet begins and is done. */
final class Lap extends AbstractChangeExecListener {
    private final Progress progress;

    Lap(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, RunStatus status) {
        progress.begins();
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, ExecType type) {
        progress.done(changeSet.getId().replace('-', ' '));
    }
}
