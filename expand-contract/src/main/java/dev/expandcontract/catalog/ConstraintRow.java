package dev.expandcontract.catalog;

import static dev.expandcontract.catalog.CatalogQueries.identifiers;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads a constraint with its definition. */
final class ConstraintRow {
    /**
     * Ends before WHERE. What pg_get_constraintdef writes for a foreign key depends on the search path: of that only the
     * end is made here, the names are read one by one.
     */
    static final String SELECT = """
            SELECT k.conname, k.contype::text, k.convalidated,
                   coalesce(pg_get_expr(k.conbin, k.conrelid), '') AS condition,
                   array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY c(attnum, position)
                         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
                         ORDER BY c.position) AS columns,
                   n.nspname AS referenced_schema, t.relname AS referenced_table,
                   array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY c(attnum, position)
                         JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.attnum
                         ORDER BY c.position) AS referenced_columns,
                   CASE k.contype WHEN 'f' THEN
                     CASE k.confupdtype WHEN 'r' THEN ' ON UPDATE RESTRICT' WHEN 'c' THEN ' ON UPDATE CASCADE'
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
            LEFT JOIN pg_class t ON t.oid = k.confrelid
            LEFT JOIN pg_namespace n ON n.oid = t.relnamespace
            """;

    private ConstraintRow() {}

    static Constraint read(ResultSet row) throws SQLException {
        char type = row.getString("contype").charAt(0);
        String definition = type == 'f' ? foreignKey(row) : row.getString("definition");
        String condition = row.getString("condition");
        return new Constraint(
                new Identifier(row.getString("conname")),
                type,
                row.getBoolean("convalidated"),
                definition,
                definition.equals("CHECK (" + condition + ")") ? condition : "");
    }

    private static String foreignKey(ResultSet row) throws SQLException {
        return Constraint.foreignKey(
                identifiers(row, "columns"),
                QualifiedName.of(row.getString("referenced_schema"), row.getString("referenced_table")),
                identifiers(row, "referenced_columns"),
                row.getString("definition"));
    }
}
