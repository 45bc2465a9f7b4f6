package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What has to be known of a table before its rows are changed. */
final class TableFacts {
    private static final String KIND = """
            SELECT c.relkind,
                   (SELECT string_agg(i.inhrelid::regclass::text, ', ') FROM pg_catalog.pg_inherits i
                    WHERE i.inhparent = c.oid AND c.relkind <> 'p')
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            WHERE s.nspname = ? AND c.relname = ?
            """;

    private static final String COLUMNS = """
            SELECT a.attnum, a.attname, a.attgenerated <> '' AS is_generated
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
            WHERE s.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    private TableFacts() {}

    /** The schema, which a job's table always has. */
    static String schema(QualifiedName table) {
        return Objects.requireNonNull(table.schema()).value();
    }

    /** Why it is no table whose rows can be changed range by range; empty if it is one. */
    static Optional<String> hindrance(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KIND)) {
            statement.setString(1, schema(table));
            statement.setString(2, table.name().value());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.of("table " + table + " does not exist");
                }
                String children = row.getString(2);
                if (children != null) {
                    return Optional.of("table " + table + " has inheriting tables (" + children
                            + "), whose rows its keys do not cover: give each table a backfill of its own");
                }
                return otherThanTable(row.getString(1)).map(kind -> table + " is " + kind + ", not a table");
            }
        }
    }

    private static Optional<String> otherThanTable(String relkind) {
        return switch (relkind) {
            case "r", "p" -> Optional.empty();
            case "v" -> Optional.of("a view");
            case "m" -> Optional.of("a materialized view");
            case "f" -> Optional.of("a foreign table");
            default -> Optional.of("an index, a sequence or a type");
        };
    }

    static List<Column> columns(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, schema(table));
            statement.setString(2, table.name().value());
            try (ResultSet row = statement.executeQuery()) {
                List<Column> columns = new ArrayList<>();
                while (row.next()) {
                    columns.add(new Column(
                            row.getInt("attnum"),
                            new Identifier(row.getString("attname")),
                            row.getBoolean("is_generated")));
                }
                return columns;
            }
        }
    }

    static long oid(Connection connection, QualifiedName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?)::oid")) {
            statement.setString(1, table.sql());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** As the planner estimates it: from the file's size where the table was never analysed. */
    static long estimatedRows(Connection connection, QualifiedName table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN (FORMAT JSON) SELECT 1 FROM " + table.sql())) {
            plan.next();
            Matcher rows = PLAN_ROWS.matcher(plan.getString(1));
            return rows.find() ? Long.parseLong(rows.group(1)) : 0;
        }
    }

    private static final String SIZE = """
            SELECT coalesce(sum(pg_catalog.pg_relation_size(p.relid)), 0)::bigint / current_setting('block_size')::integer,
                   (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'shared_buffers')
            FROM (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(? AS oid)::regclass) WHERE isleaf
                  UNION SELECT CAST(? AS oid)) p
            """;

    /** Of partitions the largest one's: autovacuum never analyses the table that they are of. */
    private static final String CORRELATIONS = """
            SELECT DISTINCT ON (s.attname) s.attname, s.correlation
            FROM (SELECT relid FROM pg_catalog.pg_partition_tree(CAST(? AS oid)::regclass) WHERE isleaf
                  UNION SELECT CAST(? AS oid)) p
            JOIN pg_catalog.pg_class c ON c.oid = p.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_stats s ON (s.schemaname, s.tablename) = (n.nspname, c.relname)
            WHERE s.correlation IS NOT NULL
            ORDER BY s.attname, pg_catalog.pg_relation_size(c.oid) DESC
            """;

    /** What decides in which order its rows are best gone through. */
    static AxisChoice.Size size(Connection connection, QualifiedName table, long oid) throws SQLException {
        Map<Identifier, Double> correlations = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(CORRELATIONS)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    correlations.put(new Identifier(row.getString(1)), row.getDouble(2));
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(SIZE)) {
            statement.setLong(1, oid);
            statement.setLong(2, oid);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new AxisChoice.Size(
                        row.getLong(1), estimatedRows(connection, table), row.getLong(2), correlations);
            }
        }
    }

    /** So many columns of a row, as texts. */
    static List<String> values(ResultSet row, int columns) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            values.add(row.getString(i));
        }
        return values;
    }

    static List<Identifier> names(ResultSet row, String column) throws SQLException {
        return texts(row, column).stream().map(Identifier::new).toList();
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
