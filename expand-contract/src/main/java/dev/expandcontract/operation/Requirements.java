package dev.expandcontract.operation;

import dev.expandcontract.catalog.Catalog;
import dev.expandcontract.catalog.Table;
import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Problem;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import dev.expandcontract.sql.SqlExpression;
import dev.expandcontract.sql.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what stands in an operation's way, so that all of it is reported at once. */
final class Requirements {
    private final Catalog catalog;
    private final String subject;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    Requirements(Catalog catalog, String subject) {
        this.catalog = catalog;
        this.subject = subject;
    }

    void problem(String message) {
        problems.add(new Problem(subject, message));
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    List<String> warnings() {
        return warnings;
    }

    /** One expression, so that what is explained is all that there is. */
    void expression(String attribute, SqlExpression sql) {
        require(
                SqlText.statements(sql.text()).size() == 1,
                attribute + " must be one SQL expression without a semicolon: " + sql);
    }

    void require(boolean condition, String message) {
        if (!condition) {
            problem(message);
        }
    }

    /** The table if it exists and has rows, in itself or in its partitions; else a problem, and a stand-in. */
    Table tableOfRows(QualifiedName name) {
        return catalog.table(name)
                .filter(table -> table.kind() == Table.Kind.PARTITIONED)
                .orElseGet(() -> table(name));
    }

    /** The table if it exists and is an ordinary one; else a problem, and a stand-in to go on looking with. */
    Table table(QualifiedName name) {
        Table table = catalog.table(name).orElse(null);
        if (table == null) {
            problem("table " + name + " does not exist" + similar(name));
            return new Table(name, Table.Kind.ASSUMED, List.of(), List.of());
        }
        switch (table.kind()) {
            case ORDINARY, ASSUMED -> {}
            case PARTITIONED ->
                problem("table " + name
                        + " is partitioned, and this version can't do that to a partitioned table online;"
                        + " do it partition by partition");
            default ->
                problem(name + " is a "
                        + table.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ", not a table");
        }
        return table;
    }

    void columns(Table table, List<Identifier> columns) {
        for (Identifier column : columns) {
            if (!table.has(column)) {
                String known = table.columns().stream().map(c -> c.name().sql()).collect(Collectors.joining(", "));
                problem("column " + column + " of table " + table.name() + " does not exist; it has: " + known);
            }
        }
    }

    /** Throws if anything was found. */
    void check() {
        if (!problems.isEmpty()) {
            throw new InvalidOperation(problems);
        }
    }

    private String similar(QualifiedName name) {
        List<QualifiedName> similar = catalog.namesLike(name);
        return similar.isEmpty()
                ? ""
                : "; there is "
                        + similar.stream().map(QualifiedName::sql).collect(Collectors.joining(", "))
                        + " (a name is folded to lower case unless it is in double quotes)";
    }
}
