package dev.expandcontract.backfill;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlLexer;
import dev.expandcontract.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code DEFAULT} stands for in a SET that assigns it to a column.
 *
 * @param value as PostgreSQL writes it: of the column, of its identity, or of its domain
 */
record NamedDefault(Identifier column, SqlExpression value) {
    private static final String VALUES = """
            SELECT a.attname, meant.value
            FROM unnest(CAST(? AS text[])) WITH ORDINALITY AS written (name, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = to_regclass(?)
              AND a.attname = CAST((pg_catalog.parse_ident(written.name, false))[1] AS name) AND a.attgenerated = ''
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            CROSS JOIN LATERAL (SELECT CASE WHEN a.attidentity <> '' THEN 'nextval()'
              ELSE coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), t.typdefault) END) AS meant (value)
            WHERE meant.value IS NOT NULL
            ORDER BY written.place
            """;

    /** @param set that PostgreSQL has planned without a complaint */
    static List<NamedDefault> of(Connection connection, QualifiedName table, SqlExpression set) throws SQLException {
        List<String> columns = SqlText.splitAtCommas(withoutComments(set.text())).stream()
                .flatMap(assignment -> columns(assignment).stream())
                .toList();
        List<NamedDefault> defaults = new ArrayList<>();
        if (columns.isEmpty()) {
            return defaults;
        }
        try (PreparedStatement statement = connection.prepareStatement(VALUES)) {
            new Parameters(statement).texts(columns).text(table.sql());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    defaults.add(
                            new NamedDefault(new Identifier(row.getString(1)), new SqlExpression(row.getString(2))));
                }
            }
        }
        return defaults;
    }

    private static String withoutComments(String sql) {
        return SqlLexer.tokens(sql).stream()
                .map(token -> token.kind() == SqlLexer.Kind.COMMENT ? " " : token.text())
                .collect(Collectors.joining());
    }

    /** Those that {@code a = DEFAULT}, or {@code (a, b) = (1, DEFAULT)}, sets to theirs. */
    private static List<String> columns(String assignment) {
        int equals = SqlLexer.tokens(assignment).stream()
                .filter(token -> token.is("="))
                .mapToInt(SqlLexer.Token::start)
                .findFirst()
                .orElse(0);
        List<String> columns = list(assignment.substring(0, equals));
        List<String> values = list(assignment.substring(equals + 1));
        List<String> found = new ArrayList<>();
        for (int i = 0; i < Math.min(columns.size(), values.size()); i++) {
            if (values.get(i).equalsIgnoreCase("default")) {
                found.add(columns.get(i));
            }
        }
        return found;
    }

    /** What is in the brackets, if it is a list. */
    private static List<String> list(String side) {
        String items = side.strip().replaceFirst("(?i)^row\\s*(?=\\()", "");
        return items.startsWith("(") && items.endsWith(")")
                ? SqlText.splitAtCommas(items.substring(1, items.length() - 1))
                : List.of(items);
    }
}
