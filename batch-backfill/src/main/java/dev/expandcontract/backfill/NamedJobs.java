package dev.expandcontract.backfill;

import dev.expandcontract.error.InvalidOperation;
import dev.expandcontract.error.Suggestion;
import dev.expandcontract.sql.Identifier;
import dev.expandcontract.sql.QualifiedName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Jobs as people name them. */
final class NamedJobs {
    private final StateTable stateTable;
    private final Jobs jobs;

    NamedJobs(StateTable stateTable, Jobs jobs) {
        this.stateTable = stateTable;
        this.jobs = jobs;
    }

    /** None where there is no state table yet. */
    List<JobRow> all(Connection connection) throws SQLException {
        return stateTable.isCurrent(connection) ? jobs.all(connection) : List.of();
    }

    /** Those that are to fill a column, and have not done so. */
    List<JobRow> unfinished(Connection connection, QualifiedName table, Identifier column) throws SQLException {
        return stateTable.isCurrent(connection) ? jobs.unfinished(connection, table, column) : List.of();
    }

    Optional<JobRow> find(Connection connection, String name) throws SQLException {
        return stateTable.isCurrent(connection) ? jobs.read(connection, name) : Optional.empty();
    }

    /** @throws InvalidOperation if there is none of this name; it suggests the nearest */
    JobRow read(Connection connection, String name) throws SQLException {
        Optional<JobRow> row = find(connection, name);
        if (row.isPresent()) {
            return row.get();
        }
        List<String> names =
                all(connection).stream().map(it -> it.status().name()).toList();
        throw new InvalidOperation("there is no backfill \"" + name + "\" in " + stateTable.name()
                + (names.isEmpty() ? ", which has none" : Suggestion.forName(name, names)));
    }
}
