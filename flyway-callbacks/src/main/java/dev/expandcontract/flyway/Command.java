package dev.expandcontract.flyway;

import dev.expandcontract.error.ExpandContractException;
import dev.expandcontract.run.Host;
import dev.expandcontract.run.Origin;
import dev.expandcontract.run.Runner;
import dev.expandcontract.run.Target;
import dev.expandcontract.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** What we know about the command that is running, found out before a script changes role or search path. */
final class Command {
    private final Configuration configuration;
    private final Settings settings;
    private final Runner runner;

    private record Known(Place place, History history) {}

    private @Nullable Known known;
    private @Nullable String ended;

    Command(Configuration configuration, Settings settings) {
        this.configuration = configuration;
        this.settings = settings;
        this.runner = new Runner(
                settings, FlywayLog.listener(), "this Flyway runs it at the end of migrate, when its lock is released");
    }

    Runner runner() {
        return runner;
    }

    void begin(Connection connection) throws SQLException {
        ended = null;
        known = find(connection);
    }

    /** It is another one from now on. */
    void forget() {
        known = null;
    }

    Target target(Connection connection) throws SQLException {
        return new Target(
                connection,
                DataSources.others(configuration),
                known(connection).place().stateSchema());
    }

    /** @param position of a statement in the script, from 1 */
    Origin origin(Connection connection, String script, int position) throws SQLException {
        Known found = known(connection);
        return new Origin(found.place().host(), found.history().nextRun(script), position);
    }

    /** The script has run, and Flyway is about to write that into its history. */
    void ended(String script) {
        ended = script;
    }

    /** Flyway goes on, and so it has written it. */
    void goesOn() {
        if (ended != null && known != null) {
            known.history().add(ended);
        }
        ended = null;
    }

    /** Tells our notes what the history holds, so that they stand for no later run of the same script. */
    void settle(Connection connection) throws SQLException {
        Target target = target(connection);
        Host host = known(connection).place().host();
        List<String> held = known(connection).history().held(runner.unrecorded(target, host));
        if (!held.isEmpty()) {
            runner.recorded(target, host, held);
        }
    }

    /** The same at the end, where it may as well be left to the next command. */
    void settleIfPossible(Connection connection) {
        try {
            settle(connection);
        } catch (SQLException | ExpandContractException e) {
            FlywayLog.debug("The next command will mark our notes as recorded, because now " + e.getMessage());
        }
    }

    /** Runs what this Flyway's migrations have registered. */
    void runRegistered(Connection connection) throws SQLException {
        try {
            runner.runRegistered(target(connection), known(connection).place().host());
        } catch (ExpandContractException e) {
            throw new FlywayException(
                    "The migrations are done, but not all that they have registered: " + e.getMessage()
                            + "\nThe next migrate goes on with it, whether a migration is pending or not.",
                    e);
        }
    }

    /** After {@code clean} no note stands for anything. */
    void cleaned(Connection connection) throws SQLException {
        begin(connection);
        runner.recorded(target(connection), known(connection).place().host(), null);
    }

    private Known known(Connection connection) throws SQLException {
        if (known == null) {
            known = find(connection);
        }
        return known;
    }

    private Known find(Connection connection) throws SQLException {
        Place place = Place.of(configuration, settings, connection);
        return new Known(place, History.of(connection, place.history()));
    }
}
