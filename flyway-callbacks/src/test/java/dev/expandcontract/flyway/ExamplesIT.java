package dev.expandcontract.flyway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.testing.CatalogSnapshot;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@PostgresTest
class ExamplesIT {
    private final TestDatabase database;
    private final Migrations migrations;

    ExamplesIT(TestDatabase database, @TempDir Path directory) {
        this.database = database;
        this.migrations = new Migrations(database, directory);
    }

    static List<String> examples() {
        return Examples.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void runInFlywayAndLeaveAnOrdinaryRow(String example) {
        database.reset();
        migrations.script("V1__scenario.sql", Examples.scenario(example));
        migrations.migrate();
        CatalogSnapshot before = CatalogSnapshot.of(database);
        migrations.script("V2__example.sql", Examples.flyway(example));

        assertThat(migrations.migrate().migrationsExecuted).isOne();

        assertThat(migrations.history()).containsExactly("V1__scenario.sql SQL true", "V2__example.sql SQL true");
        assertThat(migrations.notes())
                .allMatch(note -> note.endsWith("done true"))
                .isNotEmpty();
        CatalogSnapshot after = CatalogSnapshot.of(database);
        assertThat(before.differenceTo(after)).isNotEmpty();
        assertThat(migrations.migrate().migrationsExecuted).isZero();
        migrations.flyway(Migrations.withoutThePack()).validate();
        assertThat(after.differenceTo(CatalogSnapshot.of(database))).isEmpty();
    }
}
