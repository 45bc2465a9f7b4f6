package dev.expandcontract.catalog;

import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.util.List;
import java.util.Optional;

/**
 * A table.
 *
 * @param name with its schema
 * @param primaryKey in key order; empty where there is none
 */
public record Table(QualifiedName name, Kind kind, List<Column> columns, List<Identifier> primaryKey) {
    /** What {@code pg_class.relkind} says. */
    public enum Kind {
        ORDINARY,
        PARTITIONED,
        FOREIGN,
        VIEW,
        MATERIALIZED_VIEW,
        /** Nothing is known: there is no database to ask. */
        ASSUMED
    }

    public Table {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
    }

    public Optional<Column> column(Identifier column) {
        return columns.stream().filter(c -> c.name().equals(column)).findFirst();
    }

    public boolean has(Identifier column) {
        return kind == Kind.ASSUMED || column(column).isPresent();
    }
}
