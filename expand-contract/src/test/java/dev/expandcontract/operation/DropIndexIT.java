package dev.expandcontract.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.run.Online;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest
class DropIndexIT {
    private final TestDatabase database;
    private final Online online;

    DropIndexIT(TestDatabase database) {
        this.database = database;
        this.online = new Online(database);
    }

    @BeforeEach
    void shop() {
        database.reset();
        Shop.create(database);
        database.execute(
                "CREATE SCHEMA tenant",
                "CREATE TABLE tenant.orders (note text)",
                "CREATE INDEX note_idx ON tenant.orders (note)",
                "CREATE INDEX note_idx ON public.orders (note)");
    }

    @Test
    void theIndexOfThatNameInAnotherSchemaIsNeverMeant() throws SQLException {
        Operation dropIndex = Online.operation("dropIndex", "indexName", "note_idx");
        try (Connection connection = database.connect()) {
            connection.createStatement().execute("SET search_path = tenant, public");
            online.run(connection, dropIndex);

            assertThatThrownBy(() -> online.run(connection, dropIndex))
                    .isInstanceOf(InvalidOperation.class)
                    .hasMessageContaining("there is no index tenant.note_idx")
                    .hasMessageContaining("If you mean public.note_idx, write that name");
        }
        assertThat(database.<Boolean>value("SELECT to_regclass('tenant.note_idx') IS NULL"))
                .isTrue();
        assertThat(database.<Boolean>value("SELECT to_regclass('public.note_idx') IS NULL"))
                .isFalse();
    }

    @Test
    void anIndexThatIsGoneIsLeftAtThat() {
        online.run("dropIndex", "indexName", "public.note_idx");
        online.run("dropIndex", "indexName", "public.note_idx");
        online.run("dropIndex", "indexName", "note_idx");

        assertThat(online.recorder.done).containsExactly("Drop index public.note_idx");
    }

    @Test
    void whatIsNoIndexOrBelongsToAConstraintIsRefused() {
        assertThatThrownBy(() -> online.run("dropIndex", "indexName", "orders"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("public.orders is not an index");
        assertThatThrownBy(() -> online.run("dropIndex", "indexName", "orders_pkey"))
                .isInstanceOf(InvalidOperation.class)
                .hasMessageContaining("belongs to a constraint");
    }
}
