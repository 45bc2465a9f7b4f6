package dev.expandcontract.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What schemas hold, as text to be read and compared: tables, columns, indexes, constraints, triggers, views, sequences,
 * functions, enum types, policies and comments, a line or more each. Rows, owners, grants and what extensions brought are left out,
 * and the order of columns is, unless {@link #withColumnOrder()} is asked for.
 */
public final class CatalogSnapshot {
    private final List<CatalogEntry> entries;
    private final boolean hasColumnOrder;

    private CatalogSnapshot(List<CatalogEntry> entries, boolean hasColumnOrder) {
        this.entries = entries;
        this.hasColumnOrder = hasColumnOrder;
    }

    /** Of these schemas, or, if none is named, of all but the system's. */
    public static CatalogSnapshot of(TestDatabase database, String... schemas) {
        try (Connection connection = database.connect()) {
            return of(connection, schemas);
        } catch (SQLException e) {
            throw new StatementFailed("connect to " + database.url(), e);
        }
    }

    /** The same over a connection that somebody lends; its {@code search_path} is put back. */
    public static CatalogSnapshot of(Connection connection, String... schemas) {
        return new CatalogSnapshot(CatalogEntry.read(connection, schemas), false);
    }

    /** Columns with their positions; those of dropped columns don't count. */
    public CatalogSnapshot withColumnOrder() {
        return new CatalogSnapshot(entries, true);
    }

    /** Without these tables and all that belongs to them, whatever their schema. */
    public CatalogSnapshot withoutTables(String... names) {
        return withoutTables(Set.of(names)::contains);
    }

    /** Without the tables whose names match, whatever their schema. */
    public CatalogSnapshot withoutTables(Predicate<String> name) {
        return new CatalogSnapshot(
                entries.stream().filter(entry -> !name.test(entry.table())).toList(), hasColumnOrder);
    }

    /** The lines that only one of the two has, {@code -} for this one's and {@code +} for the other's; empty if none. */
    public String differenceTo(CatalogSnapshot other) {
        Set<String> mine = lines();
        Set<String> others = other.lines();
        Set<String> all = new TreeSet<>(mine);
        all.addAll(others);
        return all.stream()
                .filter(line -> mine.contains(line) != others.contains(line))
                .map(line -> (mine.contains(line) ? "- " : "+ ") + line)
                .collect(Collectors.joining("\n"));
    }

    private Set<String> lines() {
        return entries.stream().map(entry -> entry.line(hasColumnOrder)).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CatalogSnapshot that && lines().equals(that.lines());
    }

    @Override
    public int hashCode() {
        return Objects.hash(lines());
    }

    @Override
    public String toString() {
        return String.join("\n", lines());
    }
}
