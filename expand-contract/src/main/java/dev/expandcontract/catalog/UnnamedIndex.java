package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** An index whose author left its name to PostgreSQL. */
public final class UnnamedIndex {
    private UnnamedIndex() {}

    /**
     * The name that PostgreSQL would give it now. It tells on an empty temporary copy of the table: there it gives one
     * name after the other to the same index, until we see one that is free beside the table itself. Empty if that can't
     * be done, for want of the right to make temporary tables for example.
     *
     * @param tail what follows the table's name in {@code CREATE INDEX ON table}
     */
    public static Optional<Identifier> name(Connection connection, QualifiedName table, boolean isUnique, String tail) {
        CatalogQueries queries = new CatalogQueries(connection);
        ProbeTable probe = new ProbeTable(queries, table);
        String create = "CREATE " + (isUnique ? "UNIQUE " : "") + "INDEX ON "
                + probe.name().sql() + " " + tail;
        try {
            return Optional.of(probe.describe(create, () -> {
                Identifier name = newest(queries, probe);
                while (isTaken(queries, table.sibling(name))) {
                    queries.execute(create);
                    name = newest(queries, probe);
                }
                return name;
            }));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    private static Identifier newest(CatalogQueries queries, ProbeTable probe) {
        return queries.one(
                        """
                        SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                        WHERE i.indrelid = ?::regclass ORDER BY i.indexrelid DESC LIMIT 1""",
                        row -> new Identifier(row.getString(1)),
                        probe.name().sql())
                .orElseThrow();
    }

    private static boolean isTaken(CatalogQueries queries, QualifiedName name) {
        return queries.one("SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), name.sql())
                .orElseThrow();
    }
}
