package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.SQLException;

/**
 * An empty temporary copy of a table, under the table's own name, on which PostgreSQL tells how it understands a
 * definition.
 */
record ProbeTable(CatalogQueries queries, QualifiedName table) {
    private static final Identifier TEMPORARY = new Identifier("pg_temp");

    QualifiedName name() {
        return new QualifiedName(TEMPORARY, table.name());
    }

    /** Fails if PostgreSQL does not let us, or the definition holds for the table itself only. */
    <T> T describe(String statement, CatalogQueries.Work<T> reader) throws SQLException {
        return queries.rolledBack(() -> {
            queries.execute("CREATE TEMPORARY TABLE " + table.name().sql() + " (LIKE " + table.sql() + ")");
            queries.execute(statement);
            return reader.run();
        });
    }
}
