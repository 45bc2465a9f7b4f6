package dev.expandcontract.catalog;

import static dev.expandcontract.catalog.CatalogQueries.strings;

import dev.expandcontract.sql.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads an index with its definition. */
final class IndexRow {
    /**
     * NULLS NOT DISTINCT is read by way of JSON because the column exists from 15 on only. Plain keys are those that the
     * whole statement shows without a collation, operator class or order of their own.
     */
    private static final String QUERY = """
            SELECT n.nspname, c.relname, i.indrelid, tn.nspname AS table_schema, t.relname AS table_name,
                   i.indisvalid AND i.indisready AND i.indislive AS is_usable,
                   EXISTS (%s) AS is_being_built,
                   EXISTS (SELECT FROM pg_constraint k
                           WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AS is_constraint,
                   am.amname, i.indisunique, NOT i.indimmediate AS is_deferrable, i.indisexclusion, i.indnkeyatts,
                   coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
                   coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
                   array(SELECT pg_get_indexdef(i.indexrelid, position, false)
                                || coalesce((SELECT ' ' || o.attoptions::text FROM pg_attribute o
                                             WHERE o.attrelid = i.indexrelid AND o.attnum = position), '')
                                || CASE WHEN position > i.indnkeyatts THEN ''
                                   ELSE ' ' || (SELECT oc.opcname FROM pg_opclass oc WHERE oc.oid = i.indclass[position - 1])
                                        || coalesce(' COLLATE ' || nullif(i.indcollation[position - 1], 0)::regcollation::text, '')
                                        || CASE WHEN i.indoption[position - 1] & 1 = 1 THEN ' DESC' ELSE '' END
                                        || CASE WHEN i.indoption[position - 1] & 2 = 2 THEN ' NULLS FIRST' ELSE '' END
                                   END
                         FROM generate_series(1, i.indnatts) AS position ORDER BY position) AS keys,
                   CASE WHEN strpos(pg_get_indexdef(i.indexrelid), ' USING ' || quote_ident(am.amname) || ' ('
                                    || (SELECT string_agg(pg_get_indexdef(i.indexrelid, position, false), ', '
                                                          ORDER BY position)
                                        FROM generate_series(1, i.indnkeyatts) AS position) || ')') > 0
                        THEN array(SELECT pg_get_indexdef(i.indexrelid, position, false)
                                   FROM generate_series(1, i.indnatts) AS position ORDER BY position)
                        ELSE '{}' END AS plain_keys,
                   array(SELECT unnest(c.reloptions) ORDER BY 1) AS storage,
                   pg_get_indexdef(i.indexrelid) AS statement
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_am am ON am.oid = c.relam
            """.formatted(IndexBuild.sessions("i.indexrelid"));

    private static final String SIGNATURE = "jsonb_build_array(amname, indisunique, is_deferrable, indisexclusion,"
            + " nulls_not_distinct, indnkeyatts, keys, predicate, storage)::text";

    private IndexRow() {}

    /** @param index an SQL expression, the oid of the index */
    static String select(String index) {
        return "SELECT d.*, " + SIGNATURE + " AS signature FROM (" + QUERY + "WHERE i.indexrelid = " + index + ") d";
    }

    static Index read(ResultSet row) throws SQLException {
        return new Index(
                QualifiedName.of(row.getString("nspname"), row.getString("relname")),
                QualifiedName.of(row.getString("table_schema"), row.getString("table_name")),
                row.getBoolean("is_usable"),
                row.getBoolean("is_being_built"),
                row.getBoolean("is_constraint"),
                new IndexDefinition(
                        row.getString("amname"),
                        row.getBoolean("indisunique"),
                        row.getBoolean("is_deferrable"),
                        row.getBoolean("indisexclusion"),
                        row.getBoolean("nulls_not_distinct"),
                        strings(row, "keys"),
                        row.getInt("indnkeyatts"),
                        strings(row, "plain_keys"),
                        row.getString("predicate"),
                        strings(row, "storage"),
                        row.getString("signature")),
                row.getString("statement"));
    }
}
