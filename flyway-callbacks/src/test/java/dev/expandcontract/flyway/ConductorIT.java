package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** A history that nobody wrote for us. */
@PostgresTest
class ConductorIT {
    @Test
    void conductorsHistoryEndsAsWithoutThePack(TestDatabase with) {
        try (TestDatabase without = TestDatabase.fresh()) {
            assertThat(migrate(with, Map.of())).isEqualTo(8);
            assertThat(migrate(without, Map.of("expandcontract.enabled", "false")))
                    .isEqualTo(8);
            assertThat(CatalogSnapshot.of(with).withColumnOrder())
                    .isEqualTo(CatalogSnapshot.of(without).withColumnOrder());
            assertThat(history(with)).isEqualTo(history(without)).hasSize(8);
        }
    }

    private static int migrate(TestDatabase database, Map<String, String> placeholders) {
        return Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("classpath:db/migration_postgres")
                .placeholders(new TreeMap<>(placeholders))
                .load()
                .migrate()
                .migrationsExecuted;
    }

    private static List<?> history(TestDatabase database) {
        return database.rows(
                "SELECT installed_rank, version, description, type, script, checksum, success FROM flyway_schema_history ORDER BY 1");
    }
}
