package dev.expandcontract.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

@PostgresTest
class PostgresServerIT {
    private final TestDatabase database;
    private final String url;

    PostgresServerIT(TestDatabase database) {
        this.database = database;
        this.url = "%s%suser=%s&password=%s"
                .formatted(
                        database.url(), database.url().contains("?") ? "&" : "?", database.user(), database.password());
    }

    @Test
    void isTheVersionThatThisRunDemands() {
        assertThat(PostgresServer.running()).isSameAs(PostgresServer.running());
        assertThat(String.valueOf(database.serverVersion())).isEqualTo(System.getProperty("postgres.version"));
        assertThat(database.<String>value("SHOW server_version")).startsWith(database.serverVersion() + ".");
    }

    @Test
    void refusesAServerOfAnotherVersionThanDemanded() {
        assertThatThrownBy(() -> PostgresServer.start(url, "13"))
                .hasMessageContaining("-Dpostgres.version=13 was demanded")
                .hasMessageEndingWith("is PostgreSQL %d.", database.serverVersion());
    }

    @Test
    void usesAServerThatRunsAlready() {
        PostgresServer server = PostgresServer.start(url, "");
        String name = server.uniqueName("test");
        server.create(name, null);
        var existing = new TestDatabase(server, name, null);

        assertThat(existing.rows("SELECT current_database()")).containsExactly(List.of(name));
        existing.close();

        assertThat(database.<Long>value("SELECT count(*) FROM pg_database WHERE datname = ?", name))
                .isZero();
    }

    @Test
    void hasTheSettingsOfAServerForTests() {
        assertThat(database.<String>value("SHOW wal_level")).isEqualTo("logical");
        assertThat(database.<String>value("SHOW max_connections")).isEqualTo("200");
        assertThat(database.<String>value("SHOW deadlock_timeout")).isEqualTo("1s");
    }
}
