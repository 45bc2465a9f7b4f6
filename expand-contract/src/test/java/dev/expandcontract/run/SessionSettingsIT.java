package dev.expandcontract.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

@PostgresTest
class SessionSettingsIT {
    private final TestDatabase database;

    SessionSettingsIT(TestDatabase database) {
        this.database = database;
    }

    @Test
    void whatThisServerDoesNotKnowIsLeftOut() throws SQLException {
        try (Connection connection = database.connect()) {
            try (SessionSettings changed = SessionSettings.with(connection, Map.of("lock_timeout", "7s"))
                    .andIfPossible("no_such_setting", "1")) {
                assertThat(changed).isNotNull();
                assertThat(SessionSettings.current(connection, "lock_timeout")).isEqualTo("7s");
            }
            assertThat(SessionSettings.current(connection, "lock_timeout")).isEqualTo("0");
        }
    }

    @Test
    void whenOneCannotBeSetForAnotherReasonAllArePutBack() throws SQLException {
        try (Connection connection = database.connectAs(database.createRole("app"))) {
            assertThatThrownBy(() -> SessionSettings.with(connection, Map.of("lock_timeout", "7s"))
                            .andIfPossible("session_replication_role", "replica"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");

            assertThat(SessionSettings.current(connection, "lock_timeout")).isEqualTo("0");
        }
    }
}
