package dev.expandcontract.flyway;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.logging.LogFactory;

/** Looks through all pending scripts, so that whatever is wrong with any of them is told while nothing has happened. */
final class BeforeAnythingRuns {
    private final Configuration configuration;
    private final Scripts scripts;

    BeforeAnythingRuns(Configuration configuration, Scripts scripts) {
        this.configuration = configuration;
        this.scripts = scripts;
    }

    /**
     * @throws ConfigurationProblem if Flyway is set up so that a pending script can't be run online
     * @throws InvalidOperation with all problems of all pending scripts
     */
    void check() {
        if (Targets.isPoolOfOne(configuration)) {
            throw new ConfigurationProblem(
                    "A pending script has online operations, and the connection pool given to Flyway has one connection only;"
                            + " two are needed: one for Flyway, one for watching what it waits for. Set the pool's maximum"
                            + " to 2 or more, or give Flyway a URL. Nothing was changed.");
        }
        List<Script> pending = Arrays.stream(pending())
                .map(MigrationInfo::getScript)
                .map(scripts::readIfMentioningOnlineOperations)
                .filter(Objects::nonNull)
                .filter(Script::isTakenOver)
                .toList();
        List<Problem> problems = pending.stream()
                .flatMap(script -> script.allProblems().stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
        pending.stream().findFirst().ifPresent(this::checkConfiguration);
    }

    private MigrationInfo[] pending() {
        Flyway copy = new Flyway(configuration);
        LogFactory.setConfiguration(configuration); // the copy has made itself the one by which all log
        return copy.info().pending();
    }

    private void checkConfiguration(Script script) {
        if (configuration.isGroup()) {
            throw problem(script, "flyway.group=true puts all scripts into one transaction. Set it to false");
        }
        if (!SessionLock.isChosen(configuration)) {
            throw problem(
                    script,
                    "flyway.postgresql.transactional.lock=true makes a concurrent index build wait for Flyway's own lock"
                            + " for ever. Remove that setting, or set it to false (with PgBouncer: give migrations a direct"
                            + " connection)");
        }
        if (scripts.isDryRun()) {
            throw problem(script, "a dry run can't show what they come to. Run it without dryRunOutput");
        }
        if (!configuration.isMixed() && script.isMixed()) {
            throw problem(
                    script,
                    "it mixes statements that need a transaction with such that must not have one. Set flyway.mixed=true");
        }
    }

    private static ConfigurationProblem problem(Script script, String message) {
        return new ConfigurationProblem(
                script.name() + " has online operations, and " + message + ". Nothing was changed.");
    }
}
