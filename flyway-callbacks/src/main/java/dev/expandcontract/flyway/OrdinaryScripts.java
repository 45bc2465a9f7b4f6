package dev.expandcontract.flyway;

import dev.expandcontract.run.RunListener;
import dev.expandcontract.run.ScriptLocks;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.configuration.Configuration;

/** What is done for a script that Flyway runs itself: the locks it needs are taken first, under the lock policy. */
final class OrdinaryScripts {
    private final Configuration configuration;
    private final ScriptLocks patient;
    private final ScriptLocks impatient;
    private boolean isLaterInGroup;

    OrdinaryScripts(Configuration configuration, Settings settings, RunListener listener) {
        this.configuration = configuration;
        this.patient = new ScriptLocks(settings, listener);
        this.impatient =
                new ScriptLocks(settings.withLockPolicy(settings.lockTimeout(), settings.lockTimeout()), listener);
    }

    /** A command begins. */
    void begin() {
        isLaterInGroup = false;
    }

    /** Whether the user has set a {@code lock_timeout}: then it is theirs to say how long to wait. */
    boolean isTimeoutUsersOwn(Connection connection) {
        return !isLaterInGroup && patient.areUsersOwn(connection);
    }

    /**
     * In one transaction with earlier scripts, a later one does not wait for long: it would hold their locks meanwhile.
     * Outside any transaction, where a lock can't be held, nothing is done.
     */
    void protect(Script script, Connection connection) throws SQLException {
        if (!connection.getAutoCommit() && !isTimeoutUsersOwn(connection)) {
            (isLaterInGroup ? impatient : patient)
                    .take(connection, DataSources.others(configuration), script.name(), script.statements());
            isLaterInGroup = configuration.isGroup();
        }
    }
}
