package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.ChildJvm;
import dev.expandcontract.testing.LockHolder;
import dev.expandcontract.testing.Template;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flyway's process is killed after each line that it logs, and run again: nothing may tell the two runs from one. */
class KillMatrixIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** A script that does all at once, with statements of its own between the operations. */
    private static final String ALL_AT_ONCE = """
            ALTER TABLE orders ADD COLUMN paid numeric;
            ALTER TABLE orders ALTER COLUMN paid SET DEFAULT 0;
            CALL online.backfill(table_name => 'orders', set => 'paid = coalesce(paid, 0) + 1', condition => 'id < 1500');
            CREATE INDEX CONCURRENTLY orders_paid ON orders (paid);
            CALL online.add_foreign_key(table_name => 'orders', column_names => 'customer_id', referenced_table_name => 'customers');
            INSERT INTO orders SELECT id + 10000, customer_id, customer_email, total FROM orders WHERE id < 10;
            CALL online.add_not_null(table_name => 'orders', column_name => 'customer_id');
            """;

    /**
     * An example that is kept from going on.
     *
     * @param hold what somebody else does meanwhile
     * @param isInTheMiddle how to see that it has come so far
     */
    private record LongStep(String example, String hold, String isInTheMiddle) {}

    private static final List<LongStep> LONG_STEPS = List.of(
            new LongStep(
                    "create-index",
                    "DECLARE open CURSOR FOR SELECT * FROM customers", // the build waits for its snapshot
                    "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE phase = 'waiting for old snapshots' AND datname = current_database())"),
            new LongStep(
                    "backfill",
                    "SELECT FROM orders WHERE id = 1500 FOR UPDATE",
                    "SELECT EXISTS (SELECT FROM orders WHERE total_cents IS NOT NULL)"),
            new LongStep(
                    "add-foreign-key",
                    "UPDATE customers SET email = email WHERE id = 1",
                    "SELECT to_regclass('expand_contract_operation') IS NOT NULL"));

    /** Migrations in one process, each with two connections. */
    private static final int AT_ONCE = 40;

    private record Kill(String example, int afterLine) {}

    private final Path directory;

    KillMatrixIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void afterAnyKillTheNextRunEndsAsIfNothingHadHappened() {
        Map<String, String> examples = new LinkedHashMap<>();
        Examples.all().forEach(example -> examples.put(example, Examples.flyway(example)));
        examples.put("all-at-once", ALL_AT_ONCE);
        Map<String, End> undisturbed = new LinkedHashMap<>();
        List<Kill> kills = new ArrayList<>();
        examples.forEach((example, script) -> {
            undisturbed.put(example, undisturbed(example, script));
            for (int line = 1; line <= FlywayToBeKilled.linesLogged(); line++) {
                kills.add(new Kill(example, line));
            }
        });
        assertThat(kills).hasSizeGreaterThan(5 * examples.size());

        for (int from = 0; from < kills.size(); from += AT_ONCE) {
            killAndRunAgain(kills.subList(from, Math.min(from + AT_ONCE, kills.size())), undisturbed);
        }
    }

    @Test
    void aKillInTheMiddleOfALongStepLosesAndRepeatsNothing() {
        Map<String, End> undisturbed = new LinkedHashMap<>();
        Map<Kill, TestDatabase> databases = new LinkedHashMap<>();
        Map<LongStep, TestDatabase> steps = new LinkedHashMap<>();
        for (LongStep step : LONG_STEPS) {
            undisturbed.put(step.example(), undisturbed(step.example(), Examples.flyway(step.example())));
            TestDatabase database = TestDatabase.fresh(scenario(step.example()));
            databases.put(new Kill(step.example(), Integer.MAX_VALUE), database);
            steps.put(step, database);
        }
        List<LockHolder> holders = new ArrayList<>();
        steps.forEach((step, database) -> holders.add(LockHolder.hold(database, step.hold())));
        try (ChildJvm child = start(databases)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() ->
                            steps.forEach((step, database) -> assertThat(database.<Boolean>value(step.isInTheMiddle()))
                                    .as(step.example())
                                    .isTrue()));
            child.kill();
            holders.forEach(LockHolder::release);
            eachEndsAs(undisturbed, databases);
        } finally {
            databases.values().forEach(TestDatabase::close);
        }
    }

    private void eachEndsAs(Map<String, End> undisturbed, Map<Kill, TestDatabase> databases) {
        databases.entrySet().parallelStream().forEach(entry -> {
            BackgroundIT.endLeases(entry.getValue());
            endsAs(undisturbed, entry.getKey(), entry.getValue());
        });
    }

    private void endsAs(Map<String, End> undisturbed, Kill kill, TestDatabase database) {
        Migrations migrations = new Migrations(database, directory.resolve(kill.example()));
        migrations.migrate();
        assertThat(End.of(database, migrations)).as(kill.toString()).isEqualTo(undisturbed.get(kill.example()));
    }

    private void killAndRunAgain(List<Kill> kills, Map<String, End> undisturbed) {
        Map<Kill, TestDatabase> databases = new LinkedHashMap<>();
        kills.forEach(kill -> databases.put(kill, TestDatabase.fresh(scenario(kill.example()))));
        try {
            kill(databases);
            eachEndsAs(undisturbed, databases);
        } finally {
            databases.values().forEach(TestDatabase::close);
        }
    }

    private void kill(Map<Kill, TestDatabase> databases) {
        try (ChildJvm child = start(databases)) {
            child.awaitLine(FlywayToBeKilled.ALL_HAVE_STOPPED, PATIENCE);
            child.kill();
        }
    }

    private ChildJvm start(Map<Kill, TestDatabase> databases) {
        TestDatabase any = databases.values().iterator().next();
        List<String> arguments = new ArrayList<>(List.of(any.user(), any.password()));
        databases.forEach((kill, database) -> {
            arguments.add(String.valueOf(kill.afterLine()));
            arguments.add(database.url());
            arguments.add(directory.resolve(kill.example()).toString());
        });
        return ChildJvm.start(FlywayToBeKilled.class, arguments.toArray(String[]::new));
    }

    /** The scenario, migrated by Flyway, is kept as a template for all that follow. */
    private End undisturbed(String example, String script) {
        try (TestDatabase database = TestDatabase.fresh(scenario(example))) {
            Migrations migrations = new Migrations(database, directory.resolve(example));
            migrations.script("V2__example.sql", script);
            migrations.flyway(FlywayToBeKilled::stopping).migrate();
            return End.of(database, migrations);
        }
    }

    private Template scenario(String example) {
        String scenario = example.equals("all-at-once") ? "add-not-null" : example;
        Migrations.write(directory.resolve(example), "V1__scenario.sql", Examples.scenario(scenario));
        return Template.of(
                getClass().getName() + "." + example,
                database -> new Migrations(database, directory.resolve(example)).migrate());
    }

    /** What there is when all is done. */
    record End(CatalogSnapshot catalog, String rows, List<String> history) {
        /** Of all tables of the example. */
        private static final String ROWS = """
                SELECT string_agg(tablename || query_to_xml(format(
                    'SELECT md5(string_agg((to_jsonb(o) - ''created_at'')::text, ''|''
                       ORDER BY (to_jsonb(o) - ''created_at'')::text)) FROM %I o', tablename), true, true, ''),
                  ' ' ORDER BY tablename)
                FROM pg_tables
                WHERE schemaname = 'public' AND tablename NOT LIKE 'flyway%' AND tablename NOT LIKE 'expand_contract%'
                """;

        static End of(TestDatabase database, Migrations migrations) {
            return new End(CatalogSnapshot.of(database), database.value(ROWS), migrations.history());
        }
    }
}
