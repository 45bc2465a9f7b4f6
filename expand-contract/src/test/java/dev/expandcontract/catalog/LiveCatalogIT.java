package dev.expandcontract.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.testing.PostgresTest;
import dev.expandcontract.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@PostgresTest
class LiveCatalogIT {
    private final TestDatabase database;

    LiveCatalogIT(TestDatabase database) {
        this.database = database;
    }

    /** Another session may make the index between the question whether there is one and this one. */
    @Test
    void anIndexIsNeverTakenForSomethingElseUnderItsName() throws SQLException {
        database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE SEQUENCE numbers");

        try (Connection connection = database.connect()) {
            Catalog catalog = Catalog.of(connection);
            assertThat(catalog.isRelationOtherThanIndex(QualifiedName.of("public", "orders_pkey")))
                    .isFalse();
            assertThat(catalog.isRelationOtherThanIndex(QualifiedName.of("public", "orders")))
                    .isTrue();
            assertThat(catalog.isRelationOtherThanIndex(QualifiedName.of("public", "numbers")))
                    .isTrue();
            assertThat(catalog.isRelationOtherThanIndex(QualifiedName.of("public", "nothing")))
                    .isFalse();
        }
    }
}
