package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;

/** Reads pg_catalog through one connection. Names without a schema are found as PostgreSQL finds them. */
public interface Catalog {

    /** The catalogue of this database; names without a schema are looked up along the connection's search path. */
    static Catalog of(Connection connection) {
        return new LiveCatalog(new CatalogQueries(connection));
    }

    /**
     * A catalogue for SQL output without a database: every table that is asked for exists and has every column; nothing
     * that an operation wants to make exists yet.
     *
     * @param serverVersion the major version to write SQL for
     */
    static Catalog assumed(int serverVersion) {
        return new AssumedCatalog(serverVersion, name -> Optional.empty());
    }

    /**
     * A catalogue for SQL output where something is missing that an earlier part of the output may make: tables that
     * exist are known by their full name and primary key, everything else is assumed.
     */
    static Catalog assumed(Catalog live) {
        return new AssumedCatalog(live.serverVersion(), live::table);
    }

    /** PostgreSQL's major version, such as 17. */
    int serverVersion();

    Optional<Table> table(QualifiedName name);

    /** The name that PostgreSQL holds if the wanted one doesn't exist but one differing only in case or schema does. */
    List<QualifiedName> namesLike(QualifiedName name);

    Optional<Index> index(QualifiedName name);

    /**
     * The table that DDL on this name locks, if it exists: itself, or an index's table. Views are none: LOCK TABLE
     * would lock their tables too.
     */
    default Optional<QualifiedName> lockedTable(QualifiedName name) {
        return table(name)
                .filter(table -> table.kind() == Table.Kind.ORDINARY || table.kind() == Table.Kind.PARTITIONED)
                .map(Table::name)
                .or(() -> index(name).map(Index::table));
    }

    /** The name with the schema in which an object without one is made; as it is where the search path names none. */
    QualifiedName inCurrentSchema(QualifiedName name);

    /** Whether a table, sequence or view has this name, so that no index can. */
    boolean isRelationOtherThanIndex(QualifiedName name);

    Optional<Constraint> constraint(QualifiedName table, Identifier name);

    /** The NOT NULL constraint of a column, from PostgreSQL 18 on, valid or not. */
    Optional<Constraint> notNull(QualifiedName table, Identifier column);

    /** Whether a valid index starts with these columns, in any order. */
    boolean isCoveredByIndex(QualifiedName table, List<Identifier> columns);

    /**
     * How PostgreSQL would describe the index that this statement makes: it is made on an empty temporary copy of the
     * table, in a transaction that is rolled back. That fails for want of the right to make temporary tables, for a
     * function of the table's own row type, and for what PostgreSQL does not accept anyway.
     *
     * @param tail what follows the table's name in {@code CREATE INDEX … ON table}
     */
    IndexDescription describeIndex(QualifiedName table, boolean isUnique, String tail);

    /** Whether PostgreSQL understands both as the same expression over this table; not if it does not accept one. */
    boolean isSame(QualifiedName table, SqlExpression one, SqlExpression other);

    /** What PostgreSQL has against this query, as it says it; empty if it would run. Nothing is executed. */
    Optional<String> rejection(String query);
}
