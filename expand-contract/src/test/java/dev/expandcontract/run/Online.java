package dev.expandcontract.run;

import dev.expandcontract.operation.Operation;
import dev.expandcontract.operation.OperationType;
import dev.expandcontract.plan.BackfillMode;
import dev.expandcontract.settings.Settings;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Runs operations on a test database, as a host would. */
public final class Online {
    private final TestDatabase database;
    public final Recorder recorder = new Recorder();
    private Settings settings = Settings.defaults();
    private Origin origin = Origin.java();

    public Online(TestDatabase database) {
        this.database = database;
    }

    public Online withLockPolicy(Duration timeout, Duration budget) {
        settings = settings.withLockPolicy(timeout, budget);
        return this;
    }

    public Online withBackfills(BackfillMode mode, boolean hasWorker) {
        settings = settings.withBackfills(mode, hasWorker);
        return this;
    }

    public Online as(Origin who) {
        origin = who;
        return this;
    }

    /** The operation of this name with attributes as {@code name, value, …}. */
    public static Operation operation(String name, Object... attributes) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            values.put((String) attributes[i], attributes[i + 1]);
        }
        return OperationType.named(name).orElseThrow().bind(values);
    }

    public void run(String name, Object... attributes) {
        run(operation(name, attributes));
    }

    public void run(Operation operation) {
        try (Connection connection = database.connectNamed("migration")) {
            run(connection, operation);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void run(Connection connection, Operation operation) {
        new Runner(settings, recorder).run(target(connection), origin, operation);
    }

    public void undo(String name, Object... attributes) {
        try (Connection connection = database.connectNamed("migration")) {
            new Runner(settings, recorder).undo(target(connection), origin, operation(name, attributes));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public Target target(Connection connection) {
        return new Target(connection, database::connect, new Identifier("public"));
    }
}
