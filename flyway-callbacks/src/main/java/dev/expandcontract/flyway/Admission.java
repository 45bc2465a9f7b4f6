package dev.expandcontract.flyway;

import dev.expandcontract.error.ConfigurationProblem;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.api.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Who runs a script. One with online calls is ours, or is refused. Any other one runs somehow without us, and so it is
 * ours only if we can run it better, and nobody's if it would hang.
 */
final class Admission {
    private final Configuration configuration;
    private final Scripts scripts;

    Admission(Configuration configuration, Scripts scripts) {
        this.configuration = configuration;
        this.scripts = scripts;
    }

    /** All that is wrong with a script that is ours whatever happens. */
    static List<Problem> problems(Script script) {
        return script.hasCalls()
                ? Stream.concat(script.problems().stream(), Obstacles.of(script).stream())
                        .toList()
                : List.of();
    }

    /**
     * Whether we run it.
     *
     * @param isUnguarded whether Flyway would run it outside any transaction, and without a {@code lock_timeout}
     * @throws InvalidOperation if it is wrong
     * @throws ConfigurationProblem if Flyway is set up so that it can't be run
     */
    boolean isOurs(Script script, boolean isUnguarded) {
        List<Problem> problems = problems(script);
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
        checkConfiguration(script);
        return script.hasCalls()
                || ((script.hasConcurrentStatements() || isGuardedByUs(script, isUnguarded)) && !isLeft(script));
    }

    /** Outside a transaction a statement can't be tried again but by us, and Flyway would note it as failed. */
    private static boolean isGuardedByUs(Script script, boolean isUnguarded) {
        return isUnguarded && script.blocksAnybody() && !script.setsLockTimeout();
    }

    /** @throws ConfigurationProblem if Flyway is set up so that it can't be run */
    void checkConfiguration(Script script) {
        String reason = null;
        if (script.hasCalls()) {
            reason = refusal(script);
        } else if (script.hasConcurrentStatements() && !scripts.isDryRun()) {
            reason = hang();
        }
        if (reason != null) {
            throw new ConfigurationProblem(script.name() + " has "
                    + (script.hasCalls() ? "online operations" : "concurrent statements") + ", and " + reason
                    + ". Nothing of it was run.");
        }
    }

    private @Nullable String refusal(Script script) {
        if (DataSources.isPoolOfOne(configuration)) {
            return "the connection pool given to Flyway has one connection only; two are needed: one for Flyway, one for"
                    + " watching what it waits for. Set the pool's maximum to 2 or more, or give Flyway a URL";
        }
        if (configuration.isGroup()) {
            return "flyway.group=true puts all scripts into one transaction. Set it to false";
        }
        if (scripts.isDryRun()) {
            return "a dry run can't show what they come to. Run it without dryRunOutput";
        }
        if (!configuration.isMixed() && script.isMixed()) {
            return "it mixes statements that need a transaction with such that must not have one. Set flyway.mixed=true";
        }
        return hang();
    }

    private @Nullable String hang() {
        if (SessionLock.isChosen(configuration)) {
            return null;
        }
        return configuration.isGroup()
                ? "flyway.group=true puts all scripts into one transaction, for which a concurrent index build waits for"
                        + " ever. Set it to false"
                : "flyway.postgresql.transactional.lock=true makes a concurrent index build wait for Flyway's own lock"
                        + " for ever. Remove that setting, or set it to false (with PgBouncer: give migrations a direct"
                        + " connection)";
    }

    private boolean isLeft(Script script) {
        List<Problem> obstacles = Obstacles.of(script);
        String reason = configuration.isGroup()
                ? "flyway.group=true"
                : scripts.isDryRun()
                        ? "this is a dry run"
                        : obstacles.isEmpty() ? null : obstacles.get(0).toString();
        if (reason == null) {
            return false;
        }
        FlywayLog.warn(
                script.name() + " is left to Flyway, which runs it without lock timeouts and, should it fail, not"
                        + " from where it stopped: " + reason);
        return true;
    }
}
