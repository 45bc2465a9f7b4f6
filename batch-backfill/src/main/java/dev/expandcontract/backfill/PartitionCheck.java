package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What keeps batches from the partitions of a table, each of which they change by itself. */
final class PartitionCheck {
    /** A column of a partition key, also inside an expression, depends internally on its table. */
    private static final String KEY_COLUMNS = """
            SELECT DISTINCT a.attname
            FROM pg_catalog.pg_partition_tree(CAST(? AS oid)::regclass) t
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.relid
              AND d.refclassid = d.classid AND d.refobjid = t.relid AND d.refobjsubid = 0 AND d.deptype = 'i'
            JOIN pg_catalog.pg_attribute a ON a.attrelid = t.relid AND a.attnum = d.objsubid
            WHERE NOT t.isleaf AND d.objsubid > 0
            """;

    private static final String LEAVES = """
            SELECT c.oid::regclass::text AS name, current_user::text AS role, row_security_active(c.oid) AS is_hidden,
                   has_schema_privilege(c.relnamespace, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
                     AND CASE CAST(? AS text) WHEN 'update' THEN has_any_column_privilege(c.oid, 'UPDATE')
                       WHEN 'delete' THEN has_table_privilege(c.oid, 'DELETE') ELSE true END AS is_allowed
            FROM pg_catalog.pg_partition_tree(CAST(? AS oid)::regclass) t
            JOIN pg_catalog.pg_class c ON c.oid = t.relid
            WHERE t.isleaf AND t.parentrelid IS NOT NULL
            ORDER BY name
            """;

    private PartitionCheck() {}

    /** @param assigned the columns that SET assigns */
    static List<String> problems(Connection connection, BackfillJob job, long table, List<Column> assigned)
            throws SQLException {
        List<String> problems = new ArrayList<>();
        String moving = assigned.stream()
                .map(Column::name)
                .filter(keyColumns(connection, table)::contains)
                .map(Identifier::sql)
                .collect(Collectors.joining(", "));
        if (!moving.isEmpty()) {
            problems.add("set: changes " + moving + ", by which " + job.table()
                    + " is partitioned: a batch, which is at" + " one partition, can't move rows to another");
        }
        problems.addAll(hindrances(connection, job, table));
        return problems;
    }

    private static List<Identifier> keyColumns(Connection connection, long table) throws SQLException {
        List<Identifier> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(KEY_COLUMNS)) {
            statement.setLong(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.add(new Identifier(row.getString(1)));
                }
            }
        }
        return columns;
    }

    private static List<String> hindrances(Connection connection, BackfillJob job, long table) throws SQLException {
        List<String> forbidden = new ArrayList<>();
        List<String> hidden = new ArrayList<>();
        String role = "";
        try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
            new Parameters(statement).text(job.work().kind()).number(table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    role = new Identifier(row.getString("role")).sql();
                    if (!row.getBoolean("is_allowed")) {
                        forbidden.add(row.getString("name"));
                    }
                    if (row.getBoolean("is_hidden")) {
                        hidden.add(row.getString("name"));
                    }
                }
            }
        }
        List<String> hindrances = new ArrayList<>();
        if (!forbidden.isEmpty()) {
            hindrances.add("role %s may not %s %s: the batches change each partition by itself"
                    .formatted(role, verb(job), String.join(", ", forbidden)));
        }
        if (!hidden.isEmpty()) {
            hindrances.add(
                    "row-level security hides rows from role %s in partitions that the batches change by themselves: %s"
                            .formatted(role, String.join(", ", hidden)));
        }
        return hindrances;
    }

    private static String verb(BackfillJob job) {
        return switch (job.work().kind()) {
            case "update" -> "UPDATE";
            case "delete" -> "DELETE FROM";
            default -> "SELECT FROM";
        };
    }
}
