package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * The columns of a table that foreign keys change when other columns of the same table are changed: by an ON UPDATE
 * action, also by way of other tables.
 *
 * @param moved the columns that are changed
 * @param movers the columns that it takes to change them
 */
record Cascade(List<Identifier> moved, List<Identifier> movers) {
    private static final String SQL = """
            WITH RECURSIVE acting AS (
              SELECT conrelid, conkey, confrelid, confkey FROM pg_catalog.pg_constraint
              WHERE contype = 'f' AND confupdtype IN ('c', 'n', 'd')),
            subject AS (
              SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
              WHERE s.nspname = ? AND c.relname = ?),
            follower(oid) AS (
              SELECT oid FROM subject UNION SELECT conrelid FROM acting JOIN follower ON oid = confrelid),
            own_column AS (SELECT a.* FROM pg_catalog.pg_attribute a JOIN subject ON attrelid = oid)
            SELECT ARRAY(SELECT attname::text FROM own_column JOIN acting ON conrelid = attrelid AND attnum = ANY (conkey)
                         WHERE confrelid IN (SELECT oid FROM follower)) AS moved,
                   ARRAY(SELECT attname::text FROM own_column JOIN acting ON confrelid = attrelid AND attnum = ANY (confkey)
                        ) AS movers
            """;

    Cascade {
        moved = List.copyOf(moved);
        movers = List.copyOf(movers);
    }

    static Cascade of(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, TableFacts.schema(table));
            statement.setString(2, table.name().value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Cascade(TableFacts.names(row, "moved"), TableFacts.names(row, "movers"));
            }
        }
    }

    /** Whether a change of these columns ends in a change of the key. */
    boolean moves(Key key, List<Identifier> changed) {
        return !Collections.disjoint(moved, key.columns()) && !Collections.disjoint(movers, changed);
    }
}
