package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tables that hold the rows of a job's table: itself, or its partitions down to the last level. */
final class Parts {
    private static final String TREE = """
            SELECT c.oid, c.relkind = 'f', c.oid::regclass::text AS name
            FROM pg_catalog.pg_class c
            WHERE c.relkind <> 'p' AND (c.oid = ?
              OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(? AS oid)::regclass) WHERE isleaf))
            ORDER BY name
            """;

    /** Of a partitioned table only what is still a part of it: one that was detached has rows of its own. */
    private static final String FIND = """
            SELECT s.nspname, c.relname, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0) AS file,
              c.relkind = 'p' AS is_partitioned
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            WHERE c.oid = ? AND (c.oid = ? OR c.relispartition
              AND EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) a WHERE a.relid = ?))
            """;

    private final long table;
    private final Identifier alias;

    /** @param table oid of the job's table */
    Parts(long table, Identifier alias) {
        this.table = table;
        this.alias = alias;
    }

    /** Those that there are now. */
    List<Long> all(Connection connection) throws SQLException {
        return leaves(connection).stream()
                .filter(leaf -> !leaf.isForeign())
                .map(Leaf::oid)
                .toList();
    }

    /** Partitions whose rows are elsewhere, by name. */
    List<String> foreign(Connection connection) throws SQLException {
        return leaves(connection).stream()
                .filter(Leaf::isForeign)
                .map(Leaf::name)
                .toList();
    }

    private record Leaf(long oid, boolean isForeign, String name) {}

    private List<Leaf> leaves(Connection connection) throws SQLException {
        List<Leaf> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TREE)) {
            statement.setLong(1, table);
            statement.setLong(2, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    leaves.add(new Leaf(row.getLong(1), row.getBoolean(2), row.getString(3)));
                }
            }
        }
        return leaves;
    }

    /** As it is called now; empty if it is no part of the table any more. */
    Optional<Part> find(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setLong(1, oid);
            statement.setLong(2, table);
            statement.setLong(3, table);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Part(
                                oid,
                                row.getLong("file"),
                                QualifiedName.of(row.getString("nspname"), row.getString("relname")),
                                alias,
                                row.getBoolean("is_partitioned")))
                        : Optional.empty();
            }
        }
    }
}
