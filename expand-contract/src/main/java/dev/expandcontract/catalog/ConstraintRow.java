package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads a constraint with its definition. */
final class ConstraintRow {
    /**
     * Ends before WHERE. A foreign key is written out here, with the referenced table's schema, because what
     * pg_get_constraintdef writes depends on the search path.
     */
    static final String SELECT = """
            SELECT k.conname, k.contype::text, k.convalidated,
                   coalesce(pg_get_expr(k.conbin, k.conrelid), '') AS condition,
                   CASE k.contype WHEN 'f' THEN
                     'FOREIGN KEY (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY c.position)
                                         FROM unnest(k.conkey) WITH ORDINALITY c(attnum, position)
                                         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum)
                     || ') REFERENCES ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(t.relname)
                                            FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
                                            WHERE t.oid = k.confrelid)
                     || ' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY c.position)
                                 FROM unnest(k.confkey) WITH ORDINALITY c(attnum, position)
                                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.attnum) || ')'
                     || CASE k.confupdtype WHEN 'r' THEN ' ON UPDATE RESTRICT' WHEN 'c' THEN ' ON UPDATE CASCADE'
                        WHEN 'n' THEN ' ON UPDATE SET NULL' WHEN 'd' THEN ' ON UPDATE SET DEFAULT' ELSE '' END
                     || CASE k.confdeltype WHEN 'r' THEN ' ON DELETE RESTRICT' WHEN 'c' THEN ' ON DELETE CASCADE'
                        WHEN 'n' THEN ' ON DELETE SET NULL' WHEN 'd' THEN ' ON DELETE SET DEFAULT' ELSE '' END
                     || CASE WHEN k.confmatchtype = 'f' THEN ' MATCH FULL' ELSE '' END
                     || coalesce(' COLUMNS ' || nullif(to_jsonb(k) ->> 'confdelsetcols', ''), '')
                     || CASE WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN ' NOT ENFORCED' ELSE '' END
                     || CASE WHEN to_jsonb(k) ->> 'conperiod' = 'true' THEN ' PERIOD' ELSE '' END
                     || CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END
                     || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END
                   ELSE regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')
                   END AS definition
            FROM pg_constraint k
            """;

    private ConstraintRow() {}

    static Constraint read(ResultSet row) throws SQLException {
        String definition = row.getString("definition");
        String condition = row.getString("condition");
        return new Constraint(
                new Identifier(row.getString("conname")),
                row.getString("contype").charAt(0),
                row.getBoolean("convalidated"),
                definition,
                definition.equals("CHECK (" + condition + ")") ? condition : "");
    }
}
