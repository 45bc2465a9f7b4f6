package dev.expandcontract.samples.liquibase;

import dev.expandcontract.samples.shop.MigrationTool;
import dev.expandcontract.samples.shop.Sample;
import java.io.PrintStream;
import java.util.Map;
import javax.sql.DataSource;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The shop's project: its history is in {@code shop.yaml}, what is new in {@code order-customer.yaml}. */
public final class LiquibaseSample implements MigrationTool {
    public static void main(String... arguments) {
        System.exit(run(System.out, arguments));
    }

    static int run(PrintStream out, String... arguments) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return Sample.run(new LiquibaseSample(), out, arguments);
    }

    @Override
    public String name() {
        return "Liquibase";
    }

    @Override
    public void createShop(DataSource database) {
        new Changelog("db/changelog/shop.yaml", database, Map.of()).update(new AbstractChangeExecListener() {});
    }

    @Override
    public void migrateOnline(DataSource database, Progress progress) {
        new Changelog("db/changelog/master.yaml", database, Map.of()).update(new Lap(progress));
    }

    /** The switch keeps the pack from making the ordinary changes safer. */
    @Override
    public void migratePlainly(DataSource database, Progress progress) {
        new Changelog("db/plain/master.yaml", database, Map.of("expandcontract.enabled", "false"))
                .update(new Lap(progress));
    }
}
