package dev.expandcontract.samples.flyway;

import dev.expandcontract.samples.shop.MigrationTool;
import dev.expandcontract.samples.shop.Sample;
import java.io.PrintStream;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** The shop's project: its history is in {@code db/migration}, the versions from 10 on are new. */
public final class FlywaySample implements MigrationTool {
    private static final String LAST_OF_OLD = "3";

    public static void main(String... arguments) {
        System.exit(run(System.out, arguments));
    }

    static int run(PrintStream out, String... arguments) {
        return Sample.run(new FlywaySample(), out, arguments);
    }

    @Override
    public String name() {
        return "Flyway";
    }

    @Override
    public void createShop(DataSource database) {
        configuration(database)
                .locations("classpath:db/migration")
                .target(LAST_OF_OLD)
                .load()
                .migrate();
    }

    @Override
    public void migrateOnline(DataSource database, Progress progress) {
        configuration(database)
                .locations("classpath:db/migration")
                .callbacks(new Lap(progress))
                .load()
                .migrate();
    }

    /** The old versions are elsewhere, and the switch keeps the pack from making the plain SQL safer. */
    @Override
    public void migratePlainly(DataSource database, Progress progress) {
        configuration(database)
                .locations("classpath:db/plain")
                .ignoreMigrationPatterns("*:missing")
                .placeholders(Map.of("expandcontract.enabled", "false"))
                .callbacks(new Lap(progress))
                .load()
                .migrate();
    }

    private static FluentConfiguration configuration(DataSource database) {
        return Flyway.configure().dataSource(database);
    }
}
