package dev.expandcontract.samples.shop;

import dev.expandcontract.samples.shop.Options.WrongArguments;
import dev.expandcontract.testing.Template;
import dev.expandcontract.testing.TestDatabase;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Opens a shop, migrates it while it is open, and tells what its application felt. */
public final class Sample {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration BEFORE = Duration.ofSeconds(3);

    private final MigrationTool tool;
    private final Options options;
    private final PrintStream out;
    private final List<String> faults = new ArrayList<>();

    private Sample(MigrationTool tool, Options options, PrintStream out) {
        this.tool = tool;
        this.options = options;
        this.out = out;
    }

    /** @return the exit code of the process */
    public static int run(MigrationTool tool, PrintStream out, String... arguments) {
        try {
            Options options = Options.of(arguments);
            if (options.help()) {
                out.print(Options.USAGE);
                return 0;
            }
            return new Sample(tool, options, out).run();
        } catch (WrongArguments e) {
            out.printf("%s.%n%n%s", e.getMessage(), Options.USAGE);
            return 2;
        } catch (SQLException e) {
            throw new IllegalStateException("The sample's own database failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int run() throws SQLException, InterruptedException {
        List<Row> online = migrate("with the pack", true);
        String table = options.compare() ? Table.of(online, migrate("without the pack", false)) : Table.of(online);
        out.print("\n" + table);
        faults.forEach(fault -> out.println("FAILED: " + fault));
        return faults.isEmpty() ? 0 : 1;
    }

    private List<Row> migrate(String how, boolean isOnline) throws SQLException, InterruptedException {
        try (TestDatabase database = TestDatabase.fresh(Template.of("shop", this::open))) {
            Shop shop = new Shop(database.dataSource(), options.orders());
            ShopWork work = new ShopWork(shop);
            out.printf("%n== %s %s%n", tool.name(), how);
            List<Row> rows = new ArrayList<>();
            Application application = Application.start(shop.database(), work.tasks());
            try (application) {
                rows.add(before(application));
                migrate(shop.database(), isOnline, new Laps(application.measurements(), rows));
            }
            if (isOnline) {
                check(rows, application.measurements().allErrors());
                check(shop, work);
            }
            return rows;
        }
    }

    /** Loaded once and copied for each migration, so that both find the same. */
    private void open(TestDatabase database) throws SQLException {
        out.printf("== A shop on PostgreSQL %d: its history, %,d orders%n", database.serverVersion(), options.orders());
        Shop shop = new Shop(database.dataSource(), options.orders());
        tool.createShop(shop.database());
        long start = System.nanoTime();
        shop.load();
        out.printf("Loaded in %s%n", Table.seconds(Duration.ofNanos(System.nanoTime() - start)));
    }

    private Row before(Application application) throws InterruptedException {
        Thread.sleep(WARM_UP.toMillis());
        Measurements measurements = application.measurements();
        measurements.mark("");
        Thread.sleep(BEFORE.toMillis());
        long rate = measurements.statements() / BEFORE.toSeconds();
        Row row = measurements.mark("(no migration)");
        out.printf("%d sessions at work, %,d statements a second%n", application.sessions(), rate);
        return row;
    }

    /** A migration that fails leaves its operation, and those after it, without a row. */
    private void migrate(DataSource database, boolean isOnline, Laps laps) {
        try {
            if (isOnline) {
                tool.migrateOnline(database, laps);
            } else {
                tool.migratePlainly(database, laps);
            }
        } catch (RuntimeException e) {
            out.printf("The migration failed: %s%n", e.getMessage());
        }
    }

    private void check(List<Row> rows, long errors) {
        List<String> done = rows.stream().skip(1).map(Row::operation).toList();
        if (!done.equals(MigrationTool.OPERATIONS)) {
            faults.add("the operations done are %s, not %s".formatted(done, MigrationTool.OPERATIONS));
        }
        if (errors > 0) {
            faults.add("the application saw %d errors".formatted(errors));
        }
    }

    private void check(Shop shop, ShopWork work) throws SQLException {
        String wrong = shop.faults(work.placed());
        if (!wrong.isEmpty()) {
            faults.add(wrong);
            return;
        }
        out.printf(
                "All %,d orders are there, %,d of them placed meanwhile; each has its customer.%n",
                shop.orders() + work.placed(), work.placed());
    }

    private record Laps(Measurements measurements, List<Row> rows) implements MigrationTool.Progress {
        @Override
        public void begins() {
            measurements.mark("");
        }

        @Override
        public void done(String operation) {
            rows.add(measurements.mark(operation));
        }
    }
}
