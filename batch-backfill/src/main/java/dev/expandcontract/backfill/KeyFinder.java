package dev.expandcontract.backfill;

import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the unique indexes of a table that can be an axis: the primary key first, then the narrowest. */
final class KeyFinder {
    /** {@code reason} is null where the index will do. Operators and order must be those that a bare comparison means. */
    private static final String SQL = """
            SELECT i.indexrelid::regclass::text AS index,
                   array_agg(a.attname::text ORDER BY k.n) AS columns,
                   array_agg(CASE WHEN tn.nspname = 'pg_catalog' THEN format_type(a.atttypid, a.atttypmod)
                                  ELSE quote_ident(tn.nspname) || '.' || quote_ident(t.typname) END ORDER BY k.n) AS types,
                   array_agg(CASE WHEN a.attcollation = t.typcollation THEN ''
                                  ELSE quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END ORDER BY k.n)
                     AS collations,
                   CASE
                     WHEN am.amname <> 'btree' THEN 'is no btree'
                     WHEN NOT i.indisvalid THEN 'is not valid'
                     WHEN i.indpred IS NOT NULL THEN 'covers a part of the rows only'
                     WHEN i.indexprs IS NOT NULL THEN 'is on expressions'
                     WHEN NOT i.indimmediate THEN 'is deferrable'
                     WHEN bool_or(a.attgenerated <> '') THEN 'is on a generated column, which follows what SET assigns'
                     WHEN bool_or(NOT a.attnotnull OR nn.oid IS NOT NULL)
                       THEN 'allows NULL in ' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.n)
                         FILTER (WHERE NOT a.attnotnull OR nn.oid IS NOT NULL)
                     WHEN bool_or(tn.nspname = 'pg_catalog' AND t.typname LIKE 'reg%')
                       THEN 'refers to other objects, whose names may change'
                     WHEN NOT bool_and(o.opcdefault AND k.coll = a.attcollation AND v.visible)
                       OR count(DISTINCT k.opt) > 1 OR NOT bool_and(k.opt IN (0, 3))
                       THEN 'is not in the plain order of its columns'
                   END AS reason
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indislive
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_am am ON am.oid = x.relam
            CROSS JOIN LATERAL ROWS FROM (unnest(i.indkey), unnest(i.indclass), unnest(i.indcollation), unnest(i.indoption))
              WITH ORDINALITY AS k(attnum, opclass, coll, opt, n)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
            LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
            LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
            LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
            LEFT JOIN pg_catalog.pg_constraint nn
              ON nn.conrelid = c.oid AND nn.contype = 'n' AND NOT nn.convalidated AND nn.conkey = ARRAY[a.attnum]
            LEFT JOIN pg_catalog.pg_opclass o ON o.oid = k.opclass
            LEFT JOIN LATERAL (
              SELECT bool_and(pg_operator_is_visible(p.amopopr)) AS visible
              FROM pg_catalog.pg_amop p
              WHERE p.amopfamily = o.opcfamily AND p.amoplefttype = o.opcintype AND p.amoprighttype = o.opcintype) v ON true
            WHERE s.nspname = ? AND c.relname = ? AND k.n <= i.indnkeyatts
            GROUP BY i.indexrelid, i.indisvalid, i.indpred IS NULL, i.indpred IS NOT NULL, i.indexprs IS NOT NULL,
              i.indimmediate, i.indisprimary, am.amname
            ORDER BY i.indisprimary DESC, count(*), sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 1
            """;

    private KeyFinder() {}

    /** @param unusable the other unique indexes, each with its reason */
    record Keys(List<Key> usable, List<String> unusable) {
        Keys {
            usable = List.copyOf(usable);
            unusable = List.copyOf(unusable);
        }
    }

    static Keys keys(Connection connection, QualifiedName table) throws SQLException {
        List<Key> usable = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, TableFacts.schema(table));
            statement.setString(2, table.name().value());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String reason = row.getString("reason");
                    if (reason == null) {
                        usable.add(new Key(TableFacts.names(row, "columns"), types(row)));
                    } else {
                        unusable.add(row.getString("index") + " " + reason);
                    }
                }
            }
        }
        return new Keys(usable, unusable);
    }

    private static List<Key.Type> types(ResultSet row) throws SQLException {
        List<String> names = TableFacts.texts(row, "types");
        List<String> collations = TableFacts.texts(row, "collations");
        return IntStream.range(0, names.size())
                .mapToObj(i -> new Key.Type(names.get(i), collations.get(i)))
                .toList();
    }
}
