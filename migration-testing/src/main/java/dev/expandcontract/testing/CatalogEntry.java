package dev.expandcontract.testing;

import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@link CatalogSnapshot}.
 *
 * @param table that it belongs to; empty for what belongs to none
 * @param position of a column among the living; 0 for everything else
 */
record CatalogEntry(String table, int position, String text) {
    private static final String QUERY = """
            WITH own AS MATERIALIZED (
                SELECT oid, nspname FROM pg_namespace
                WHERE CASE WHEN cardinality(?::text[]) > 0 THEN nspname = ANY (?::text[])
                      ELSE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' END
            ), brought AS MATERIALIZED (
                SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
            ), rel AS MATERIALIZED (
                SELECT c.*, nspname, format('%I.%I', nspname, relname) AS label
                FROM pg_class c JOIN own ON own.oid = relnamespace
                WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_class'::regclass AND objid = c.oid)
            )
            SELECT relname, 0, concat_ws(' ', label, CASE relkind WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                       WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
                   CASE relpersistence WHEN 'u' THEN 'unlogged' END, 'by ' || pg_get_partkeydef(oid),
                   'partition of ' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = rel.oid LIMIT 1),
                   pg_get_expr(relpartbound, oid), 'with (' || array_to_string(reloptions, ', ') || ')',
                   CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
                   CASE WHEN relkind IN ('v', 'm') THEN 'as ' || ltrim(pg_get_viewdef(oid)) END)
            FROM rel WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
            UNION ALL
            SELECT relname, (row_number() OVER (PARTITION BY rel.oid ORDER BY attnum))::int,
                   concat_ws(' ', format('%s column %I', label, attname), format_type(atttypid, atttypmod),
                   CASE WHEN attcollation NOT IN (0, (SELECT typcollation FROM pg_type t WHERE t.oid = atttypid))
                       THEN 'collate ' || attcollation::regcollation::text END,
                   CASE WHEN attnotnull THEN 'not null' END,
                   CASE attgenerated WHEN '' THEN 'default ' ELSE 'generated ' || attgenerated::text || ' ' END
                       || pg_get_expr(adbin, adrelid),
                   CASE attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
                   'statistics ' || nullif(attstattarget, -1)::text, 'options ' || attoptions::text)
            FROM rel JOIN pg_attribute ON attrelid = rel.oid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped
            UNION ALL
            SELECT t.relname, 0, concat_ws(' ', 'index', pg_get_indexdef(indexrelid),
                   CASE WHEN NOT indisvalid THEN 'INVALID' END, CASE WHEN indisclustered THEN 'clustered' END,
                   CASE WHEN indisreplident THEN 'replica identity' END,
                   'partition of ' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = indexrelid LIMIT 1))
            FROM rel JOIN pg_index ON indexrelid = rel.oid JOIN pg_class t ON t.oid = indrelid
            UNION ALL
            SELECT relname, 0, concat_ws(' ', format('%s constraint %I', label, conname), pg_get_constraintdef(con.oid),
                   CASE WHEN NOT convalidated THEN 'not validated' END)
            FROM rel JOIN pg_constraint con ON conrelid = rel.oid
            UNION ALL
            SELECT relname, 0, concat_ws(' ', label, 'trigger', pg_get_triggerdef(t.oid), 'enabled ' || tgenabled::text)
            FROM rel JOIN pg_trigger t ON tgrelid = rel.oid WHERE NOT tgisinternal
            UNION ALL
            SELECT relname, 0, concat_ws(' ', format('%s policy %I', label, polname), polcmd, polroles::regrole[]::text,
                   CASE WHEN NOT polpermissive THEN 'restrictive' END, 'using ' || pg_get_expr(polqual, polrelid),
                   'check ' || pg_get_expr(polwithcheck, polrelid))
            FROM rel JOIN pg_policy ON polrelid = rel.oid
            UNION ALL
            SELECT coalesce(t.relname, ''), 0, concat_ws(' ', 'sequence', label, seqtypid::regtype, 'start', seqstart,
                   'increment', seqincrement, 'from', seqmin, 'to', seqmax, 'cache', seqcache, CASE WHEN seqcycle THEN 'cycle' END,
                   'owned by ' || refobjid::regclass::text || '.' || quote_ident(attname))
            FROM rel JOIN pg_sequence ON seqrelid = rel.oid
                LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.deptype IN ('a', 'i')
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
                LEFT JOIN pg_class t ON t.oid = refobjid
                LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            UNION ALL
            SELECT '', 0, concat_ws(' ', CASE prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
                   p.oid::regprocedure, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(p.oid) END)
            FROM pg_proc p JOIN own ON own.oid = pronamespace
            WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
            UNION ALL
            SELECT '', 0, format('enum %s (%s)', t.oid::regtype, string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder))
            FROM pg_type t JOIN own ON own.oid = typnamespace JOIN pg_enum ON enumtypid = t.oid
            WHERE NOT EXISTS (SELECT FROM brought WHERE classid = 'pg_type'::regclass AND objid = t.oid) GROUP BY t.oid
            UNION ALL
            SELECT relname, 0, concat_ws(' ', label, 'comment', 'on column ' || (SELECT quote_ident(attname) FROM pg_attribute
                   WHERE attrelid = rel.oid AND attnum = objsubid AND objsubid > 0), quote_literal(description))
            FROM rel JOIN pg_description d ON d.objoid = rel.oid AND d.classoid = 'pg_class'::regclass
            """;

    static List<CatalogEntry> read(Connection connection, String... schemas) {
        String path = (String) Sql.rows(connection, "SELECT current_setting('search_path')")
                .get(0)
                .get(0);
        searchPath(connection, "");
        try {
            return Sql.rows(connection, QUERY, schemas, schemas).stream()
                    .map(CatalogEntry::entry)
                    .toList();
        } finally {
            searchPath(connection, path);
        }
    }

    /** With none, PostgreSQL writes every name with its schema. */
    private static void searchPath(Connection connection, @Nullable String path) {
        Sql.rows(connection, "SELECT set_config('search_path', ?, false)", path);
    }

    private static CatalogEntry entry(List<@Nullable Object> row) {
        return new CatalogEntry(String.valueOf(row.get(0)), (Integer) row.get(1), String.valueOf(row.get(2)));
    }

    String line(boolean withPosition) {
        String oneLine = text.strip().replaceAll("\\s*\\n\\s*", " ");
        return withPosition && position > 0 ? oneLine + " at " + position : oneLine;
    }
}
