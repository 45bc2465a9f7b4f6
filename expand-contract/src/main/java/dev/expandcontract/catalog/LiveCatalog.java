package dev.expandcontract.catalog;

import static dev.expandcontract.catalog.CatalogQueries.identifiers;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.ServerMessage;
import dev.expandcontract.sql.SqlExpression;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The catalogue of a database that we are connected to. */
final class LiveCatalog implements Catalog {
    private final CatalogQueries queries;

    LiveCatalog(CatalogQueries queries) {
        this.queries = queries;
    }

    @Override
    public int serverVersion() {
        return queries.serverVersion();
    }

    @Override
    public Optional<Table> table(QualifiedName name) {
        return queries.one(
                """
                SELECT n.nspname, c.relname, c.relkind::text,
                       array(SELECT a.attname::text
                             FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(attnum, position)
                             JOIN pg_attribute a ON a.attnum = k.attnum
                             WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid
                               AND k.position <= i.indnkeyatts
                             ORDER BY k.position) AS primary_key
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = to_regclass(?) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
                """,
                row -> new Table(
                        QualifiedName.of(row.getString(1), row.getString(2)),
                        kind(row.getString(3)),
                        columns(name),
                        identifiers(row, "primary_key")),
                name.sql());
    }

    private List<Column> columns(QualifiedName table) {
        return queries.list(
                """
                SELECT a.attname, format_type(a.atttypid, a.atttypmod),
                       EXISTS (WITH RECURSIVE base(typtype, typbasetype) AS (
                                   SELECT typtype, typbasetype FROM pg_type WHERE oid = a.atttypid
                                   UNION ALL
                                   SELECT t.typtype, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.typbasetype)
                               SELECT FROM base WHERE typtype = 'c'),
                       a.attnotnull,
                       a.attnotnull AND NOT EXISTS (
                           SELECT FROM pg_constraint k
                           WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]
                             AND NOT k.convalidated)
                FROM pg_attribute a
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum
                """,
                row -> new Column(
                        new Identifier(row.getString(1)),
                        row.getString(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getBoolean(5)),
                table.sql());
    }

    @Override
    public List<QualifiedName> namesLike(QualifiedName name) {
        return queries.list(
                """
                SELECT n.nspname, c.relname
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE lower(c.relname) = lower(?) AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
                ORDER BY 1, 2
                LIMIT 5
                """,
                row -> QualifiedName.of(row.getString(1), row.getString(2)),
                name.name().value());
    }

    @Override
    public Optional<Index> index(QualifiedName name) {
        return queries.one(IndexRow.select("to_regclass(?)"), IndexRow::read, name.sql());
    }

    @Override
    public QualifiedName inCurrentSchema(QualifiedName name) {
        return name.schema() != null
                ? name
                : queries.one(
                                "SELECT current_schema() WHERE current_schema() IS NOT NULL",
                                row -> new QualifiedName(new Identifier(row.getString(1)), name.name()))
                        .orElse(name);
    }

    @Override
    public boolean isRelationOtherThanIndex(QualifiedName name) {
        return queries.one(
                        "SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(?) AND relkind NOT IN ('i', 'I'))",
                        row -> row.getBoolean(1),
                        name.sql())
                .orElse(false);
    }

    @Override
    public Optional<Constraint> constraint(QualifiedName table, Identifier name) {
        return queries.one(
                ConstraintRow.SELECT + "WHERE k.conrelid = to_regclass(?) AND k.conname = ?",
                ConstraintRow::read,
                table.sql(),
                name.value());
    }

    @Override
    public boolean isCoveredByIndex(QualifiedName table, List<Identifier> columns) {
        return queries.one(
                        """
                        SELECT EXISTS (
                            SELECT FROM pg_index i
                            WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL
                              AND array(SELECT a.attname::text
                                        FROM unnest(i.indkey[0:least(?, i.indnkeyatts) - 1]) AS k(attnum)
                                        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
                                  @> ?::text[])
                        """,
                        row -> row.getBoolean(1),
                        table.sql(),
                        columns.size(),
                        columns.stream().map(Identifier::value).toArray(String[]::new))
                .orElse(false);
    }

    @Override
    public IndexDescription describeIndex(QualifiedName table, boolean isUnique, String tail) {
        ProbeTable probe = new ProbeTable(queries, table);
        String statement = "CREATE " + (isUnique ? "UNIQUE " : "") + "INDEX expand_contract_probe ON "
                + probe.name().sql() + " " + tail;
        try {
            return probe.describe(
                    statement,
                    () -> queries.one(
                                    IndexRow.select("'pg_temp.expand_contract_probe'::regclass"),
                                    row -> new IndexDescription(
                                            IndexRow.read(row).definition(), ""))
                            .orElseThrow());
        } catch (SQLException e) {
            return new IndexDescription(null, ServerMessage.of(e).toString());
        }
    }

    @Override
    public boolean isSame(QualifiedName table, SqlExpression one, SqlExpression other) {
        try {
            return queries.rolledBack(() -> understood(table, one).equals(understood(table, other)));
        } catch (SQLException notAccepted) {
            return false;
        }
    }

    /** How the planner writes the expression; it needs neither rows nor a right beyond reading the table. */
    private List<String> understood(QualifiedName table, SqlExpression expression) throws SQLException {
        String sql = "EXPLAIN (VERBOSE, COSTS OFF) SELECT (" + expression.closed() + ") FROM ONLY " + table.sql();
        return queries.lines(sql).stream()
                .filter(line -> !line.startsWith("Query Identifier"))
                .toList();
    }

    @Override
    public Optional<Constraint> notNull(QualifiedName table, Identifier column) {
        return queries.one(ConstraintRow.SELECT + """
                        WHERE k.conrelid = to_regclass(?) AND k.contype = 'n'
                          AND k.conkey = ARRAY(SELECT a.attnum FROM pg_attribute a
                                               WHERE a.attrelid = k.conrelid AND a.attname = ?)
                        """, ConstraintRow::read, table.sql(), column.value());
    }

    @Override
    public Optional<String> rejection(String query) {
        try {
            queries.rolledBack(() -> {
                queries.execute("EXPLAIN " + query);
                return true;
            });
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Table.Kind kind(String relkind) {
        return switch (relkind) {
            case "p" -> Table.Kind.PARTITIONED;
            case "f" -> Table.Kind.FOREIGN;
            case "v" -> Table.Kind.VIEW;
            case "m" -> Table.Kind.MATERIALIZED_VIEW;
            default -> Table.Kind.ORDINARY;
        };
    }
}
