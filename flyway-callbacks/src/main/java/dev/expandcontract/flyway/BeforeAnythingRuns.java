package dev.expandcontract.flyway;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.ClassicConfiguration;
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
        List<Script> pending = Arrays.stream(pending())
                .map(MigrationInfo::getScript)
                .map(scripts::readIfMentioningOnlineOperations)
                .filter(Objects::nonNull)
                .toList();
        List<Problem> problems = pending.stream()
                .flatMap(script -> Admission.problems(script).stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
        Admission admission = new Admission(configuration, scripts);
        pending.forEach(admission::checkConfiguration);
    }

    /** Asked of another Flyway, at which the user's callbacks are not called. */
    private MigrationInfo[] pending() {
        ClassicConfiguration quiet = new ClassicConfiguration(configuration);
        quiet.setSkipDefaultCallbacks(true);
        quiet.setCallbacks();
        Flyway copy = new Flyway(quiet);
        LogFactory.setConfiguration(configuration); // the copy has made itself the one by which all log
        return copy.info().pending();
    }
}
