package dev.expandcontract.liquibase;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.resource.ResourceAccessor;
import liquibase.ui.ConsoleUIService;
import liquibase.ui.LoggerUIService;
import org.postgresql.Driver;

/**
 * Updates a database, in a JVM or a class loader of its own: changelog, directory or empty, URL, user, password, and after
 * how many steps to stand still, to be killed there.
 */
public final class UpdateMain {
    static final String STANDS_STILL = "stands still after ";

    private UpdateMain() {}

    public static void main(String[] args) throws Exception {
        Properties login = new Properties();
        login.setProperty("user", args[3]);
        login.setProperty("password", args[4]);
        Map<String, Object> scope = new HashMap<>();
        scope.put(
                Scope.Attr.ui.name(),
                args.length > 5 ? new StandingStill(Integer.parseInt(args[5])) : new LoggerUIService());
        try (Connection connection = new Driver().connect(args[2], login);
                ResourceAccessor resources = resources(args[1])) {
            scope.put(Scope.Attr.resourceAccessor.name(), resources);
            Scope.child(
                    scope,
                    () -> new Liquibase(
                                    args[0],
                                    resources,
                                    DatabaseFactory.getInstance()
                                            .findCorrectDatabaseImplementation(new JdbcConnection(connection)))
                            .update(new Contexts()));
        }
    }

    private static ResourceAccessor resources(String directory) throws Exception {
        ResourceAccessor classes = new ClassLoaderResourceAccessor();
        return directory.isEmpty()
                ? classes
                : new CompositeResourceAccessor(new DirectoryResourceAccessor(Path.of(directory)), classes);
    }

    /** A console that stops its writer. */
    private static final class StandingStill extends ConsoleUIService {
        private int steps;

        StandingStill(int steps) {
            this.steps = steps;
        }

        @Override
        public void sendMessage(String message) {
            System.out.println(message);
            if (message.startsWith("  done in ") && --steps == 0) {
                System.out.println(STANDS_STILL + message);
                sleep();
            }
        }

        private static void sleep() {
            try {
                Thread.sleep(600_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
