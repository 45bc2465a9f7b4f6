package dev.expandcontract.backfill;

import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlLexer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What SQL text calls by name that gives another value each time; of functions of one name, one that does is enough.
 * Operators, casts, and what views and triggers call are not seen.
 *
 * @param volatiles functions that PostgreSQL's catalogue has as VOLATILE, as they are written
 * @param times what gives the time of the transaction or of the statement, as it is written
 */
record VaryingCalls(List<String> volatiles, List<String> times) {
    /** Times that SQL has without brackets; they are reserved words, so that no column is called so. */
    private static final Set<String> TIMES =
            Set.of("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp");

    private static final String CATALOGUE = """
            SELECT call, bool_or(p.provolatile = 'v')
            FROM unnest(CAST(? AS text[])) WITH ORDINALITY AS written (call, place)
            CROSS JOIN LATERAL (SELECT pg_catalog.parse_ident(call)::name[] AS path) AS parsed
            JOIN pg_catalog.pg_proc p ON p.proname = path[cardinality(path)]
            JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace
            JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
            WHERE CASE WHEN cardinality(path) = 1 THEN pg_catalog.pg_function_is_visible(p.oid)
                       ELSE s.nspname = path[cardinality(path) - 1] END
              AND (p.provolatile = 'v' OR (p.provolatile = 's' AND p.pronargs = 0 AND t.typcategory = 'D'))
            GROUP BY call ORDER BY min(place)
            """;

    VaryingCalls {
        volatiles = List.copyOf(volatiles);
        times = List.copyOf(times);
    }

    /** @param texts that PostgreSQL has planned without a complaint */
    static VaryingCalls of(Connection connection, @Nullable SqlExpression... texts) throws SQLException {
        Set<String> calls = new LinkedHashSet<>();
        List<String> volatiles = new ArrayList<>();
        List<String> times = new ArrayList<>();
        for (SqlExpression text : texts) {
            if (text != null) {
                names(text.text(), calls, times);
            }
        }
        if (calls.isEmpty()) {
            return new VaryingCalls(volatiles, times);
        }
        try (PreparedStatement statement = connection.prepareStatement(CATALOGUE)) {
            new Parameters(statement).texts(List.copyOf(calls));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    (row.getBoolean(2) ? volatiles : times).add(row.getString(1) + "()");
                }
            }
        }
        return new VaryingCalls(volatiles, times);
    }

    boolean isEmpty() {
        return volatiles.isEmpty() && times.isEmpty();
    }

    private static void names(String sql, Set<String> calls, List<String> times) {
        List<SqlLexer.Token> tokens = SqlLexer.tokens(sql).stream()
                .filter(token ->
                        token.kind() != SqlLexer.Kind.COMMENT && !token.text().isBlank())
                .toList();
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).kind() != SqlLexer.Kind.NAME) {
                continue;
            }
            String name = tokens.get(i).text();
            boolean isQualified = i > 1 && tokens.get(i - 1).is(".");
            if (i + 1 < tokens.size() && tokens.get(i + 1).is("(")) {
                calls.add(isQualified ? tokens.get(i - 2).text() + "." + name : name);
            }
            if (!isQualified && TIMES.contains(name.toLowerCase(Locale.ROOT)) && !times.contains(name)) {
                times.add(name);
            }
        }
    }
}
